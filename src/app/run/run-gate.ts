import {RchError} from '@rch/contract'
import type {RunSummary} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {hostError} from '../host-error.ts'
import type {Lane} from '../lane.ts'
import {beginRun} from './begin-run.ts'
import type {CandidateStep} from './candidate-plan.ts'
import {checkStable} from './check-stable.ts'
import {composeJobs} from './compose-jobs.ts'
import type {GateRequest} from './gate-request.ts'
import type {GateResult} from './gate-result.ts'
import {giveBack} from './hold-lease.ts'
import type {Notebook} from './notebook.ts'
import {isOpenEnded, orCancelled} from './open-ended.ts'
import type {OnProgress} from './progress.ts'
import {runSteps} from './run-steps.ts'
import {forgetProbe} from './select-worker.ts'
import {stage, stagingDocument} from './stage-source.ts'
import type {StepResult} from './step-context.ts'
import {skippedStep} from './step-results.ts'
import {finishNotebook, summariseRun} from './summarise-run.ts'
import {writeFoundations} from './write-foundations.ts'

/**
 * One gate, end to end: a worker and the source, staging, then each step on the worker, home and verified. Everything that happens is
 * in the notebook as it happens. Throws only before an attempt exists or when the worker is lost; a red step is a result.
 */
export async function runGate(lane: Lane, request: GateRequest, onProgress: OnProgress, signal?: AbortSignal): Promise<GateResult> {
  const startedAt = new Date()
  const {profile} = request
  const begun = await beginRun(lane, request, onProgress, signal)
  const {snapshot, plan, granted} = begun
  const {candidate, notebook} = granted
  const {run_id} = plan.identity
  const way = {current: granted.connection}
  const held = {current: granted.lease}
  const uploadId = uuidv7()
  const results: StepResult[] = []
  const outcome = (summary: RunSummary | null): GateResult => ({
    run_id,
    attempt: notebook.attempt,
    directory: notebook.directory,
    worker: candidate.worker.name,
    summary,
    steps: results,
    detached: summary === null,
  })
  const stageAs = async (id: string): Promise<string> => {
    const target = {
      worker: candidate.worker.name,
      connection: way.current,
      protocolVersion: candidate.fit.protocolVersion,
      capabilities: candidate.capabilities,
    }
    const {statistics} = await stage(lane, target, snapshot, id, {held, notebook, profile, onProgress, signal})
    notebook.put('staging', stagingDocument(profile, snapshot, id, statistics))
    return id
  }
  let again = false
  try {
    const requests = await composeJobs(lane, request, begun, uploadId)
    writeFoundations(profile, begun, requests)
    onProgress({
      type: 'run_started',
      run_id,
      attempt: notebook.attempt,
      worker: candidate.worker.name,
      mock: candidate.fit.toolchain.kind === 'mock',
    })
    await stageAs(uploadId)
    await checkStable(profile, candidate, way.current, signal)
    const facts = {notebook, request, candidate, way, held, steps: plan.steps.length, onProgress, signal}
    const steps = requests.map((jobRequest) => ({jobRequest, known: false}))
    const options = {
      continueOnFailure: profile.continue_on_failure,
      forwards: () => profile.env.allow,
      stageAgain: () => stageAs(uuidv7()),
    }
    for await (const result of runSteps(lane, facts, steps, options)) results.push(result)
    if (request.detach) return outcome(null)
  } catch (error) {
    const known = hostError(orCancelled(error, signal, false), lane.env)
    forgetProbe(lane, candidate.worker.name)
    if (isOpenEnded(known)) throw openEnded(known, run_id)
    again = candidate.connection === null && results.length === 0 && isAnotherWorker(known)
    // Before any job exists, or between two: the run ends here, with this as its reason.
    results.push(...remaining(notebook, plan.steps, results.length, known))
  } finally {
    await giveBack(way.current, held.current, {
      lane,
      worker: candidate.worker.name,
      protocolVersion: candidate.fit.protocolVersion,
    })
    await way.current.close()
  }
  const summary = summariseRun(notebook, results, startedAt)
  finishNotebook(notebook, summary, results)
  // It was set up anew since it was asked: nothing ran, and what it is now is known a question later.
  return again ? runGate(lane, request, onProgress, signal) : outcome(summary)
}

function openEnded(error: RchError, runId: string): RchError {
  return new RchError(error.code, error.message, {
    data: {...error.data, run_id: runId},
    hint: `The job goes on without this host: \`rch xcode resume ${runId}\` picks it up.`,
    cause: error,
  })
}

/** Whether a request was refused because the worker that it was composed for is no longer there. */
function isAnotherWorker({code, data}: RchError): boolean {
  return code === 'job_request_replayed' && typeof data['worker_id'] === 'string'
}

function remaining(notebook: Notebook, steps: readonly CandidateStep[], from: number, error: RchError): StepResult[] {
  return steps
    .slice(from)
    .map(({accepted}, offset) =>
      skippedStep(notebook, from + offset, accepted.step.action, notebook.runId, offset === 0 ? error : undefined),
    )
}
