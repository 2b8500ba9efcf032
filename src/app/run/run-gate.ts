import {join} from 'node:path'
import {RchError, toRchError, type Classifier, type Connection, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload, type Document, type JobRequest, type RunSummary} from '@rch/contract/documents'
import {sha256, uuidv7} from '@rch/contract/identity'
import {
  envFingerprints,
  namespaceOf,
  runIdentity,
  stepIdentity,
  type PlannedStep,
  type RunIdentity,
  type StepIdentity,
} from '../../domain/plan/run-identity.ts'
import {contractDigest} from '../../infra/contract-digest.ts'
import {writeFileAtomic} from '../../infra/files.ts'
import {collectGarbage, MANY_FILES} from '../../infra/flat-heap.ts'
import {takeSnapshot, type Snapshot} from '../../snapshot/index.ts'
import {forwardedValues, type Lane} from '../lane.ts'
import {askAboutChange} from './ask-about-change.ts'
import {checkPatterns} from './check-patterns.ts'
import {completeStep} from './complete-step.ts'
import {composeJobRequest, requiredFeatures, type RunFacts} from './compose-job.ts'
import type {AcceptedStep, GateRequest} from './gate-request.ts'
import {giveBack} from './hold-lease.ts'
import type {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'
import {isOpenEnded, orCancelled} from './open-ended.ts'
import {reserve} from './reserve.ts'
import {keepRequest} from './run-step.ts'
import type {StepResult} from './step-context.ts'
import {skippedStep} from './step-results.ts'
import {forgetProbe, selectWorkers, type Candidate, type Selection} from './select-worker.ts'
import {signed} from './signed.ts'
import {stage, stagingDocument} from './stage-source.ts'
import {finishNotebook, summariseRun} from './summarise-run.ts'

export interface GateResult {
  readonly run_id: string
  readonly attempt: number
  readonly directory: string
  readonly worker: string
  readonly summary: RunSummary | null
  readonly steps: readonly StepResult[]
  /** The run goes on without us. */
  readonly detached: boolean
}

/** A step with all that a candidate's toolchain makes of it. */
interface Planned {
  readonly accepted: AcceptedStep
  readonly planned: PlannedStep
  readonly identity: StepIdentity
}

/**
 * One gate, end to end: workers and source at the same time, identity, lease, staging, then each step on the worker, home and
 * verified. Everything that happens is in the notebook as it happens. Throws only before an attempt exists or when the worker is
 * lost; a red step is a result.
 */
export async function runGate(lane: Lane, request: GateRequest, onProgress: OnProgress, signal?: AbortSignal): Promise<GateResult> {
  const startedAt = new Date()
  const {profile} = request
  const {provider: classifier} = await lane.providers.load('classifier', request.kind)
  const env = envFingerprints(profile, lane.env)
  checkEnvironment(profile, lane)
  await checkPatterns(profile)
  const needs = {profile, steps: request.steps.map(({step}) => step), features: requiredFeatures(request), contractSha256: contractDigest()}
  const begin = async (choosing: Promise<Selection>) => {
    const [selection, snapshot] = await both(choosing, snapshotOf(lane, request, onProgress, signal))
    if (request.asks) askAboutChange(lane, snapshot)
    const plans = new Map<string, {readonly identity: RunIdentity; readonly steps: readonly Planned[]}>()
    for (const candidate of selection.candidates) plans.set(candidate.worker.name, planFor(classifier, request, candidate, snapshot, env))
    const granted = await reserve(lane, request, selection, (name) => plans.get(name)?.identity.run_id ?? '', onProgress, signal)
    return {selection, snapshot, plans, granted}
  }
  const selecting = selectWorkers(lane, needs, request.worker, onProgress, signal)
  const {selection, snapshot, plans, granted} = await begin(selecting).catch(async (error: unknown) => {
    await closeWays(selecting)
    throw orCancelled(error, signal, true)
  })
  const {candidate, connection, notebook} = granted
  const plan = plans.get(candidate.worker.name)
  if (plan === undefined) throw new RchError('internal_error', 'the chosen worker has no plan')
  const {identity, steps} = plan
  const jobIds = steps.map(() => uuidv7())
  const uploadId = uuidv7()
  const way = {current: connection}
  const held = {current: granted.lease}
  const facts: RunFacts = {
    request,
    inputs: identity.inputs,
    config_hash: identity.config_hash,
    run_id: identity.run_id,
    attempt: notebook.attempt,
    namespace: namespaceOf(profile, lane.repository, lane.hostId),
    source: {
      tree_hash: snapshot.sourceTreeHash,
      manifest_sha256: sha256(snapshot.manifestBytes),
      manifest_bytes: snapshot.manifestBytes.length,
      entries: snapshot.entries.length,
    },
    vcs: vcsOf(snapshot, profile),
    upload_id: uploadId,
    candidate,
    lease: granted.lease,
    connection,
  }
  const results: StepResult[] = []
  let again = false
  try {
    const requests: JobRequest[] = []
    for (const [index, step] of steps.entries()) {
      requests.push(
        await signed(
          profile,
          candidate.worker,
          composeJobRequest(lane, facts, step.accepted, index, jobIds[index] ?? uuidv7(), step.identity),
        ),
      )
    }
    writeFoundations(notebook, request, selection, candidate, snapshot, identity, requests)
    onProgress({
      type: 'run_started',
      run_id: identity.run_id,
      attempt: notebook.attempt,
      worker: candidate.worker.name,
      mock: candidate.fit.toolchain.kind === 'mock',
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
    await stageAs(uploadId)
    await checkStable(profile, candidate, way.current, signal)
    for (const [index, jobRequest] of requests.entries()) {
      const red = results.some(({summary}) => summary.status !== 'success')
      const stopped = results.some(({summary}) => summary.status === 'cancelled')
      if (stopped || (red && !profile.continue_on_failure)) {
        results.push(skippedStep(notebook, index, jobRequest.job.action, identity.run_id))
        continue
      }
      const step = {
        notebook,
        jobRequest,
        request,
        candidate,
        way,
        held,
        index,
        steps: steps.length,
        forwarded: forwardedValues(profile.env.allow, lane),
        onProgress,
        signal,
      }
      const result = await completeStep(lane, step, {known: false, stageAgain: () => stageAs(uuidv7())})
      results.push(result)
      if (request.detach)
        return {
          run_id: identity.run_id,
          attempt: notebook.attempt,
          directory: notebook.directory,
          worker: candidate.worker.name,
          summary: null,
          steps: results,
          detached: true,
        }
    }
  } catch (error) {
    const known = toRchError(orCancelled(error, signal, false))
    forgetProbe(lane, candidate.worker.name)
    if (isOpenEnded(known)) throw openEnded(known, identity.run_id)
    again = candidate.connection === null && results.length === 0 && isAnotherWorker(known)
    // Before any job exists, or between two: the run ends here, with this as its reason.
    results.push(...remaining(notebook, steps, results.length, identity.run_id, known))
  } finally {
    await giveBack(way.current, held.current, candidate.fit.protocolVersion)
    await way.current.close()
  }
  const summary = summariseRun(notebook, results, startedAt)
  finishNotebook(notebook, summary, results)
  // It was set up anew since it was asked: nothing ran, and what it is now is known a question later.
  if (again) return runGate(lane, request, onProgress, signal)
  return {
    run_id: identity.run_id,
    attempt: notebook.attempt,
    directory: notebook.directory,
    worker: candidate.worker.name,
    summary,
    steps: results,
    detached: false,
  }
}

/** Whether a request was refused because the worker that it was composed for is no longer there. */
function isAnotherWorker({code, data}: RchError): boolean {
  return code === 'job_request_replayed' && typeof data['worker_id'] === 'string'
}

/** An open way to a worker would keep this process from ending. */
async function closeWays(selecting: Promise<Selection>): Promise<void> {
  const selection = await selecting.catch(() => null)
  for (const {connection} of selection?.candidates ?? []) await connection?.close()
}

/** Both at once; when one fails, the other's result is still waited for, so that nothing runs on behind an error. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b])
  if (second.status === 'rejected') throw second.reason
  if (first.status === 'rejected') throw first.reason
  return [first.value, second.value]
}

function checkEnvironment(profile: EffectiveProfile, lane: Lane): void {
  const missing = profile.env.allow.filter((name) => lane.env[name] === undefined)
  if (profile.env.strict && missing.length > 0) throw new RchError('env_missing', undefined, {data: {names: missing}})
}

/** Where a profile asks for it: the worker is still what it was when it was chosen. Throws `capabilities_drift`. */
async function checkStable(
  profile: EffectiveProfile,
  {worker, capabilities}: Candidate,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!profile.trust.require_stable_capabilities_sha256) return
  const {payload} = await connection.call({verb: 'probe', payload: {}, protocolVersion: 0}, signal)
  const now = checkResponsePayload('probe', payload)
  if (now.capabilities_sha256 !== capabilities.capabilities_sha256)
    throw new RchError('capabilities_drift', undefined, {
      data: {worker: worker.name, chosen: capabilities.capabilities_sha256, now: now.capabilities_sha256},
    })
}

async function snapshotOf(lane: Lane, request: GateRequest, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<Snapshot> {
  onProgress({type: 'snapshot_started'})
  const container = request.steps[0]?.step.model.container ?? null
  const snapshot = await takeSnapshot({
    root: lane.repository.root,
    source: request.profile.source,
    container,
    cacheDir: lane.repo.snapshotCache,
    ...(signal === undefined ? {} : {signal}),
  })
  const {files, bytes, hashed, durationMs} = snapshot.stats
  if (files >= MANY_FILES) collectGarbage()
  onProgress({type: 'snapshot_taken', files, bytes, hashed, seconds: durationMs / 1000})
  return snapshot
}

export function planFor(
  classifier: Classifier,
  request: GateRequest,
  candidate: Pick<Candidate, 'fit'>,
  snapshot: Pick<Snapshot, 'sourceTreeHash'>,
  env: ReturnType<typeof envFingerprints>,
): {readonly identity: RunIdentity; readonly steps: readonly Planned[]} {
  const {toolchain, destinations} = candidate.fit
  const planned = request.steps.map((accepted, index): PlannedStep => {
    const resolved = destinations[index] ?? []
    return {
      index,
      step: accepted.step,
      freshWorkspace: accepted.freshWorkspace,
      destinations: resolved,
      resolvedArgv: classifier.resolvedArgv(accepted.step, resolved),
    }
  })
  const identity = runIdentity(request.kind, request.profile, planned, toolchain, env, snapshot.sourceTreeHash)
  return {
    identity,
    steps: request.steps.map((accepted, index) => {
      const step = planned[index]
      if (step === undefined) throw new RchError('internal_error', 'a step was lost while planning')
      return {accepted, planned: step, identity: stepIdentity(request.kind, request.profile, step, toolchain, env, snapshot.sourceTreeHash)}
    }),
  }
}

function writeFoundations(
  notebook: Notebook,
  request: GateRequest,
  selection: Selection,
  candidate: Candidate,
  snapshot: Snapshot,
  identity: RunIdentity,
  requests: readonly JobRequest[],
): void {
  const {profile} = request
  notebook.say({type: 'run_started', profile: profile.name, steps: requests.map(({job}) => job.action)})
  notebook.put('worker_selection', {...selection.record, chosen: candidate.worker.name})
  notebook.put('capabilities', candidate.capabilities)
  writeFileAtomic(join(notebook.directory, 'source_manifest.json'), snapshot.manifestBytes)
  notebook.put('run_plan', {
    profile: profile.name,
    worker: candidate.worker.name,
    worker_host: candidate.worker.host,
    capabilities_sha256: candidate.capabilities.capabilities_sha256,
    protocol_version: candidate.fit.protocolVersion,
    source_tree_hash: snapshot.sourceTreeHash,
    config_hash: identity.config_hash,
    continue_on_failure: profile.continue_on_failure,
    steps: requests.map(({job_id, job_key, job: {action}}, index) => ({index, action, job_id, job_key})),
  })
  // Before anything is sent: whoever resumes asks for these very jobs.
  for (const jobRequest of requests) keepRequest(notebook, jobRequest)
}

function vcsOf(snapshot: Snapshot, profile: EffectiveProfile): Document<'job_request'>['vcs'] {
  const {kind, commit, branch, dirty, submodules} = snapshot.vcs
  return {
    kind,
    commit,
    branch,
    dirty,
    submodules: submodules.map(({path, commit: at}) => ({path, commit: at ?? ''})),
    lfs: profile.source.lfs,
  }
}

function openEnded(error: RchError, runId: string): RchError {
  return new RchError(error.code, error.message, {
    data: {...error.data, run_id: runId},
    hint: `The job goes on without this host: \`rch xcode resume ${runId}\` picks it up.`,
    cause: error,
  })
}

function remaining(notebook: Notebook, steps: readonly Planned[], from: number, runId: string, error: RchError): StepResult[] {
  return steps
    .slice(from)
    .map(({accepted}, offset) => skippedStep(notebook, from + offset, accepted.step.action, runId, offset === 0 ? error : undefined))
}
