import {join} from 'node:path'
import {isRchError, RchError, type Connection, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload, readDocument, type Document, type JobRequest} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {readIfThere} from '../../infra/files.ts'
import {takeSnapshot} from '../../snapshot/index.ts'
import {needRecord, notebookDocument, openAttempt} from '../find-record.ts'
import {connect, workerNamed, type Lane} from '../lane.ts'
import {holdAgain} from './hold-again.ts'
import {giveBack} from './hold-lease.ts'
import type {GateResult} from './gate-result.ts'
import {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'
import {reissueRequest} from './reissue-request.ts'
import {keepRequest} from './run-step.ts'
import {runSteps, type BegunStep} from './run-steps.ts'
import {stage, stagingDocument} from './stage-source.ts'
import type {StepFacts, StepResult} from './step-context.ts'
import {finishNotebook, summariseRun} from './summarise-run.ts'

/**
 * Goes on with an interrupted run from its plan: the same ids on the same worker. Steps whose job the worker knows are followed
 * to their seal; a step that was never taken is submitted as it was composed, under a new lease and after the source is there
 * again where that is needed. Nothing runs twice: a job id is used once. Throws `run_not_found` for a run without a plan and
 * `usage_error` for one that has ended.
 */
export async function resumeRun(
  lane: Lane,
  id: string,
  profile: EffectiveProfile,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<GateResult> {
  const {directory, run_id, attempt, plan, state} = interrupted(lane, id)
  const worker = workerNamed(lane, plan.worker)
  const requests = plan.steps.map((step) => requestOf(directory, step, run_id))
  const notebook = Notebook.reopen(directory, state)
  notebook.become('running', {resumed_at: new Date().toISOString()})
  onProgress({type: 'run_started', run_id, attempt, worker: worker.name, mock: requests[0]?.job.job_key_inputs.toolchain.kind === 'mock'})
  const way = {current: await connect(lane, worker, {role: 'run', profile}, signal)}
  const [first] = requests
  const held = {current: {lease_id: first?.lease_id ?? '', fence: first?.fence ?? 0}}
  lane.leases.note({...held.current, worker: worker.name, run_id})
  const results: StepResult[] = []
  try {
    const begun = await withKnowledge(way.current, requests, plan.protocol_version)
    const context = {
      notebook,
      request: {profile, detach: false},
      candidate: {worker, fit: {protocolVersion: plan.protocol_version}},
      way,
      held,
      steps: plan.steps.length,
      onProgress,
      signal,
    }
    const ready = await readyToSubmit(lane, directory, begun, context)
    const options = {
      continueOnFailure: plan.continue_on_failure,
      forwards: ({job}: JobRequest) => job.job_key_inputs.env.map(({name}) => name),
      stageAgain: (jobRequest: JobRequest) => stagePlanned(lane, directory, jobRequest, context),
    }
    for await (const result of runSteps(lane, context, ready, options)) results.push(result)
  } finally {
    await giveBack(way.current, held.current, {lane, worker: worker.name, protocolVersion: plan.protocol_version})
    await way.current.close()
  }
  const summary = summariseRun(notebook, results, new Date(state.started_at ?? state.updated_at))
  finishNotebook(notebook, summary, results)
  return {run_id, attempt, directory, worker: worker.name, summary, steps: results, detached: false}
}

function interrupted(
  lane: Lane,
  id: string,
): {
  readonly directory: string
  readonly run_id: string
  readonly attempt: number
  readonly plan: Document<'run_plan'>
  readonly state: Document<'run_state'>
} {
  const record = needRecord(lane, id)
  if (record.type !== 'run') throw new RchError('run_not_found', `${id} is a job; resume takes a run.`, {data: {id}})
  const {directory, run_id, attempt} = openAttempt(record)
  const [plan, state, done] = [
    notebookDocument(directory, 'run_plan'),
    notebookDocument(directory, 'run_state'),
    notebookDocument(directory, 'run_summary'),
  ]
  if (done !== null)
    throw new RchError('usage_error', `Run ${run_id.slice(0, 12)} attempt ${attempt} has ended: ${done.human_summary}`, {
      data: {run_id, attempt, status: done.status},
      hint: `Run \`rch xcode retry ${run_id.slice(0, 12)}\` for another attempt.`,
    })
  if (state === null || plan === null)
    throw new RchError('run_not_found', `Run ${id} was interrupted before it had a plan.`, {
      data: {id},
      hint: 'Start it again: nothing was sent to a worker.',
    })
  return {directory, run_id, attempt, plan, state}
}

function requestOf(directory: string, step: Document<'run_plan'>['steps'][number], runId: string): JobRequest {
  const bytes = readIfThere(join(directory, 'steps', `${step.index}-${step.action}`, 'job_request.json'))
  if (bytes !== undefined) return readDocument('job_request', bytes, {maxBytes: 64 * 1024 * 1024})
  throw new RchError('run_not_found', `Run ${runId.slice(0, 12)} was interrupted before its jobs were composed.`, {
    data: {id: runId},
    hint: 'Start it again: nothing was sent to a worker.',
  })
}

/** When the manifest of the run was made. */
function plannedAt(directory: string): {readonly createdAt?: string} {
  const bytes = readIfThere(join(directory, 'source_manifest.json'))
  return bytes === undefined ? {} : {createdAt: readDocument('source_manifest', bytes, {maxBytes: MAX_MANIFEST_BYTES}).created_at}
}

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024

async function withKnowledge(
  connection: Connection,
  requests: readonly JobRequest[],
  protocolVersion: number,
): Promise<readonly BegunStep[]> {
  const begun: BegunStep[] = []
  for (const jobRequest of requests) begun.push({jobRequest, known: await knows(connection, jobRequest.job_id, protocolVersion)})
  return begun
}

async function knows(connection: Connection, jobId: string, protocolVersion: number): Promise<boolean> {
  try {
    const {payload} = await connection.call({verb: 'status', payload: {job_id: jobId}, protocolVersion})
    return checkResponsePayload('status', payload).jobs.length > 0
  } catch (error) {
    if (!isRchError(error)) throw error
    if (error.code === 'job_not_found') return false
    if (error.code === 'protocol_version_unsupported') throw new RchError('protocol_drift', undefined, {data: error.data, cause: error})
    throw error
  }
}

/** A lease for the steps that the worker does not have yet, and the source there, when it did not get that far. */
async function readyToSubmit(
  lane: Lane,
  directory: string,
  begun: readonly BegunStep[],
  context: StepFacts,
): Promise<readonly BegunStep[]> {
  const {notebook, held} = context
  const next = begun.find(({known}) => !known)
  if (next === undefined) return begun
  await holdAgain(context)
  if (notebookDocument(directory, 'staging') !== null) return begun
  const uploadId = await stagePlanned(lane, directory, next.jobRequest, context)
  return begun.map(({jobRequest, known}) => {
    if (known) return {jobRequest, known}
    const again = reissueRequest(jobRequest, held.current, uploadId)
    keepRequest(notebook, again)
    return {jobRequest: again, known}
  })
}

/** Brings the source that the run was planned for to its worker; answers the upload's id. Throws when it is not here any more. */
async function stagePlanned(
  lane: Lane,
  directory: string,
  {job}: JobRequest,
  {notebook, held, way, candidate, request, onProgress, signal}: StepFacts,
): Promise<string> {
  const container = job.effective_config.inputs.steps[0]?.model.container ?? null
  const snapshot = await takeSnapshot({
    root: lane.repository.root,
    source: request.profile.source,
    container,
    cacheDir: lane.repo.snapshotCache,
    // The jobs name the manifest by its digest, and its time is a part of it.
    ...plannedAt(directory),
    ...(signal === undefined ? {} : {signal}),
  })
  if (snapshot.sourceTreeHash !== job.source_tree_hash) {
    throw new RchError('source_missing', 'The source changed since the run was planned, and the worker does not have all of it.', {
      data: {planned: job.source_tree_hash, now: snapshot.sourceTreeHash},
      hint: 'Start a new run, or restore the source and resume again.',
    })
  }
  const capabilities = readDocument('capabilities', readIfThere(join(directory, 'capabilities.json')) ?? new Uint8Array())
  const uploadId = uuidv7()
  const {statistics} = await stage(
    lane,
    {
      worker: candidate.worker.name,
      connection: way.current,
      protocolVersion: candidate.fit.protocolVersion,
      // What the worker said then: it may be of another release by now.
      capabilities: {limits: capabilities.limits, features: []},
    },
    snapshot,
    uploadId,
    {held, notebook, profile: request.profile, onProgress, signal},
  )
  notebook.put('staging', stagingDocument(request.profile, snapshot, uploadId, statistics))
  return uploadId
}
