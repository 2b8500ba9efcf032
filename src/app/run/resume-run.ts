import {join} from 'node:path'
import {RchError, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload, readDocument, type Document, type JobRequest} from '@rch/contract/documents'
import {readIfThere} from '../../infra/files.ts'
import {needRecord, notebookDocument} from '../find-record.ts'
import {connect, forwardedValues, workerNamed, type Lane} from '../lane.ts'
import type {GateResult} from './run-gate.ts'
import {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'
import {finishStep, runStep, skippedStep, type StepResult} from './run-step.ts'
import {finishNotebook, summariseRun} from './summarise-run.ts'

/**
 * Goes on with an interrupted run from its plan: the same ids on the same worker. Steps whose job the worker knows are followed
 * to their seal; a step that was never taken is submitted as it was composed; a finished run is told again. Nothing runs twice:
 * a job id is used once.
 */
export async function resumeRun(lane: Lane, id: string, profile: EffectiveProfile, onProgress: OnProgress, signal?: AbortSignal): Promise<GateResult> {
  const record = needRecord(lane, id)
  if (record.type !== 'run') throw new RchError('run_not_found', `${id} is a job; resume takes a run.`, {data: {id}})
  const {directory, run_id, attempt} = record
  const [plan, state, done] = [notebookDocument(directory, 'run_plan'), notebookDocument(directory, 'run_state'), notebookDocument(directory, 'run_summary')]
  if (state === null || plan === null) throw new RchError('run_not_found', `Run ${id} was interrupted before it had a plan.`, {data: {id}, hint: 'Start it again: nothing was sent to a worker.'})
  if (done !== null) throw new RchError('usage_error', `Run ${run_id.slice(0, 12)} attempt ${attempt} has ended: ${done.human_summary}`, {data: {run_id, attempt, status: done.status}, hint: 'Run `rch xcode retry` for another attempt.'})
  const worker = workerNamed(lane, plan.worker)
  const notebook = Notebook.reopen(directory, state)
  notebook.become('running', {resumed_at: new Date().toISOString()})
  const way = {current: await connect(lane, worker, {role: 'run', profile}, signal)}
  const results: StepResult[] = []
  try {
    for (const planned of plan.steps) {
      const {index, action} = planned
      if (results.some(({summary: {status}}) => status === 'cancelled' || (status !== 'success' && !plan.continue_on_failure))) {
        results.push(skippedStep(notebook, index, action, run_id))
        continue
      }
      const jobRequest = requestOf(directory, planned)
      if (jobRequest === null) {
        results.push(skippedStep(notebook, index, action, run_id, notTaken(run_id)))
        continue
      }
      const known = await knows(way.current, jobRequest.job_id, plan.protocol_version)
      const context = {
        notebook,
        jobRequest,
        request: {profile, detach: false},
        candidate: {worker, fit: {protocolVersion: plan.protocol_version}},
        way,
        index,
        steps: plan.steps.length,
        // Values are never written down: the shell that resumes must hold those that were announced.
        forwarded: forwardedValues(jobRequest.job.job_key_inputs.env.map(({name}) => name), lane),
        onProgress,
        signal,
      }
      results.push(known ? await finishStep(lane, context) : await runStep(lane, context))
    }
  } finally {
    await way.current.close()
  }
  const summary = summariseRun(notebook, results, new Date(state.started_at ?? state.updated_at))
  finishNotebook(notebook, summary, results)
  return {run_id, attempt, directory, worker: worker.name, summary, steps: results, detached: false}
}

function requestOf(directory: string, step: Document<'run_plan'>['steps'][number]): JobRequest | null {
  const bytes = readIfThere(join(directory, 'steps', `${step.index}-${step.action}`, 'job_request.json'))
  return bytes === undefined ? null : readDocument('job_request', bytes, {maxBytes: 64 * 1024 * 1024})
}

async function knows(connection: Awaited<ReturnType<typeof connect>>, jobId: string, protocolVersion: number): Promise<boolean> {
  try {
    const {payload} = await connection.call({verb: 'status', payload: {job_id: jobId}, protocolVersion})
    return checkResponsePayload('status', payload).jobs.length > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'job_not_found') return false
    throw error
  }
}

function notTaken(runId: string): RchError {
  return new RchError('source_missing', 'The run was interrupted before this step was composed.', {hint: `Run \`rch xcode retry ${runId.slice(0, 12)}\`.`})
}
