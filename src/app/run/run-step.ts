import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {ERRORS, isErrorCode, isRchError, RchError, toRchError, type Connection, type ErrorCode} from '@rch/contract'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import {
  checkResponsePayload,
  documentHead,
  readDocument,
  writeDocument,
  type Document,
  type JobRequest,
  type Summary,
} from '@rch/contract/documents'
import {errorItems, exitCodeOf} from '../../domain/error-item.ts'
import {writeFileAtomic} from '../../infra/files.ts'
import {fetchSet} from '../artifacts/fetch-set.ts'
import {verifyAttestation, type AttestationCheck} from '../artifacts/verify-attestation.ts'
import {connect, type Lane} from '../lane.ts'
import {followJob, isLineTrouble, type JobStatus} from './follow-job.ts'
import type {GateRequest} from './gate-request.ts'
import {holdLease, type HeldLease} from './hold-lease.ts'
import type {Notebook} from './notebook.ts'
import {logProgress, type OnProgress} from './progress.ts'
import {reissueRequest} from './reissue-request.ts'
import type {Candidate} from './select-worker.ts'
import {signed} from './signed.ts'

export interface StepResult {
  /** The host's own summary: a copy of the sealed one, or its own verdict. */
  readonly summary: Summary
  readonly cached: boolean
  readonly carried: boolean
  readonly jobDirectory: string | null
  readonly indexRow: Document<'run_index'>['steps'][number]
}

export interface StepContext {
  readonly notebook: Notebook
  readonly jobRequest: JobRequest
  readonly request: Pick<GateRequest, 'profile' | 'detach'>
  readonly candidate: Pick<Candidate, 'worker'> & {readonly fit: Pick<Candidate['fit'], 'protocolVersion'>}
  /** The way to the worker; replaced when it breaks. */
  readonly way: {current: Connection}
  /** The run's lease; replaced when it expires. */
  readonly held: {current: HeldLease}
  readonly index: number
  readonly steps: number
  readonly forwarded: Readonly<Record<string, string>>
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
  /** A failure that the caller may mend: it is not told as the step's end. */
  readonly hushes?: ErrorCode
}

const SUBMIT_TRIES = 5

/** Submits a step, follows it to its seal, brings the set home and checks it. */
export async function runStep(lane: Lane, context: StepContext): Promise<StepResult> {
  const {notebook, jobRequest, index, onProgress} = context
  const {action} = jobRequest.job
  notebook.become('running', {current_step: index})
  notebook.say({type: 'step_started', index, action, job_id: jobRequest.job_id})
  onProgress({type: 'step_started', index, steps: context.steps, action, job_id: jobRequest.job_id})
  const accepted = {...context, jobRequest: await submitUnderLease(lane, context)}
  if (context.request.detach) return detachedStep(index, accepted.jobRequest)
  return finishStep(lane, accepted)
}

/** The request that a step's job is asked for with, where whoever resumes finds it. */
export function keepRequest(notebook: Notebook, jobRequest: JobRequest): void {
  writeFileAtomic(
    join(notebook.step(jobRequest.job.index, jobRequest.job.action), 'job_request.json'),
    writeDocument('job_request', jobRequest),
  )
}

/** Asks for the job, now and under a lease that lives. A lease that expired meanwhile is replaced, on the same worker. */
async function submitUnderLease(lane: Lane, context: StepContext): Promise<JobRequest> {
  const {notebook, way, held, candidate, request, onProgress, signal} = context
  for (let again = false; ; again = true) {
    const jobRequest = await signed(request.profile, candidate.worker, reissueRequest(context.jobRequest, held.current))
    keepRequest(notebook, jobRequest)
    try {
      await submit(lane, {...context, jobRequest})
      return jobRequest
    } catch (error) {
      if (again || !isRchError(error) || error.code !== 'lease_expired') throw error
      held.current = await holdLease(held.current, {
        connection: way.current,
        protocolVersion: candidate.fit.protocolVersion,
        notebook,
        profile: request.profile,
        worker: candidate.worker.name,
        onProgress,
        signal,
      })
    }
  }
}

/** Follows a submitted step to its seal, from wherever it is, and brings it home. */
export async function finishStep(lane: Lane, context: StepContext): Promise<StepResult> {
  const {jobRequest, index, onProgress, way, signal} = context
  const reconnect = (abort?: AbortSignal): Promise<Connection> =>
    connect(lane, context.candidate.worker, {role: 'run', profile: context.request.profile}, abort)
  const cancelling = cancelOnAbort(lane, context, reconnect)
  try {
    const {status, connection} = await followJob(way.current, {
      jobId: jobRequest.job_id,
      protocolVersion: context.candidate.fit.protocolVersion,
      reconnect,
      onEvent: (event) => onProgress({type: 'event', index, event}),
      onLog: logProgress(onProgress, index),
      onTrouble: (reason, attempt) => onProgress({type: 'reconnecting', reason, attempt}),
    })
    way.current = connection
    return await bringHome(lane, context, status, reconnect)
  } finally {
    signal?.removeEventListener('abort', cancelling)
  }
}

/** The user's wish to stop becomes the cancel verb, on a way of its own; the follow goes on to the seal. */
function cancelOnAbort(lane: Lane, context: StepContext, reconnect: (signal?: AbortSignal) => Promise<Connection>): () => void {
  const {jobRequest, onProgress, signal, notebook} = context
  const cancel = (): void => {
    onProgress({type: 'cancelling'})
    notebook.become('running', {cancel_requested: true})
    void (async () => {
      const connection = await reconnect()
      try {
        await connection.call({
          verb: 'cancel',
          payload: {job_id: jobRequest.job_id},
          protocolVersion: context.candidate.fit.protocolVersion,
        })
      } finally {
        await connection.close()
      }
    })().catch((error: unknown) => lane.notice(`cancel: ${toRchError(error).message}`))
  }
  if (signal?.aborted === true) cancel()
  else signal?.addEventListener('abort', cancel, {once: true})
  return cancel
}

async function submit(lane: Lane, context: StepContext): Promise<JobStatus> {
  const {jobRequest, way, candidate, forwarded, onProgress} = context
  const payload = {job_request: jobRequest, ...(Object.keys(forwarded).length === 0 ? {} : {env: forwarded})}
  for (let tries = 1; ; tries++) {
    try {
      const answer = await way.current.call({verb: 'submit', payload, protocolVersion: candidate.fit.protocolVersion})
      return checkResponsePayload('submit', answer.payload)
    } catch (error) {
      // The answer may have been lost after the job was taken: the same job again is the same job.
      if (!isRchError(error) || !isLineTrouble(error) || tries > SUBMIT_TRIES) throw error
      onProgress({type: 'reconnecting', reason: error.message, attempt: tries})
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 200 * 2 ** tries)))
      const fresh = await connect(lane, candidate.worker, {role: 'run', profile: context.request.profile}).catch((again: unknown) => {
        if (isRchError(again) && isLineTrouble(again)) return null
        throw again
      })
      if (fresh !== null) {
        await way.current.close()
        way.current = fresh
      }
    }
  }
}

async function bringHome(
  lane: Lane,
  context: StepContext,
  status: JobStatus,
  reconnect: (signal?: AbortSignal) => Promise<Connection>,
): Promise<StepResult> {
  const {notebook, jobRequest, index, way, candidate, request, onProgress} = context
  const {action} = jobRequest.job
  const directory = lane.repo.job(jobRequest.job_id)
  const folder = notebook.step(index, action)
  let own: Summary
  try {
    const fetched = await fetchSet(way.current, {
      jobId: jobRequest.job_id,
      protocolVersion: candidate.fit.protocolVersion,
      target: directory,
      jobIndexSha256: status.terminal?.job_index_sha256 ?? null,
      reconnect,
      onProgress: (bytes, total) => onProgress({type: 'fetching', job_id: jobRequest.job_id, bytes, total}),
    })
    way.current = fetched.connection
    notebook.linkJob(index, action, directory)
    const pin = candidate.worker.attestation_key_fingerprint
    const check = verifyAttestation(directory, {
      pin,
      pinSource: pin === null ? null : 'workers.toml',
      required: request.profile.trust.require_attestation_signature,
    })
    writeCheck(folder, jobRequest, check)
    onProgress({type: 'verified', job_id: jobRequest.job_id, signature: check.verified})
    const sealed = readDocument('summary', readFileSync(join(directory, 'summary.json')))
    own = {...sealed, sealed_status: sealed.status}
    const [problem] = check.errors
    if (problem !== undefined && isErrorCode(problem.error_code))
      own = verdict(jobRequest, index, new RchError(problem.error_code, problem.message, {data: problem.data}), sealed.status)
  } catch (error) {
    const known = toRchError(error)
    if (known.code === 'worker_unreachable' || known.code === 'transfer_failed') throw error
    own = verdict(jobRequest, index, known, null)
  }
  writeFileAtomic(join(folder, 'summary.json'), writeDocument('summary', own))
  notebook.say({
    type: 'step_complete',
    index,
    action,
    job_id: jobRequest.job_id,
    status: own.status,
    error_code: own.error_code,
    carried: false,
  })
  if (own.error_code === null || own.error_code !== context.hushes) announceStep(context, own)
  const there = existsSync(directory)
  return {
    summary: own,
    cached: own.cached_from_job_id !== null,
    carried: false,
    jobDirectory: there ? directory : null,
    indexRow: {
      index,
      action,
      job_id: jobRequest.job_id,
      job_index_path: there ? relative(notebook.directory, join(folder, 'job/job_index.json')) : null,
      job_index_sha256: status.terminal?.job_index_sha256 ?? null,
      summary_path: relative(notebook.directory, join(folder, 'summary.json')),
      state: own.status === 'success' ? 'succeeded' : own.status === 'cancelled' ? 'cancelled' : 'failed',
    },
  }
}

/** Tells how a step ended. */
export function announceStep(
  {index, onProgress, jobRequest}: Pick<StepContext, 'index' | 'onProgress' | 'jobRequest'>,
  {status, human_summary, error_code}: Summary,
): void {
  onProgress({type: 'step_finished', index, action: jobRequest.job.action, status, human_summary, error_code})
}

/** A step that never ran, or whose run ended before it could be asked for. */
export function skippedStep(notebook: Notebook, index: number, action: Action, runId: string, error?: RchError): StepResult {
  const folder = notebook.step(index, action)
  const summary: Summary =
    error === undefined
      ? skipped(index, action, runId, notebook.attempt)
      : {...verdictFields(error), ...emptySummary(index, action, runId, notebook.attempt)}
  writeFileAtomic(join(folder, 'summary.json'), writeDocument('summary', summary))
  notebook.say({type: 'step_complete', index, action, job_id: null, status: summary.status, error_code: summary.error_code, carried: false})
  return {
    summary,
    cached: false,
    carried: false,
    jobDirectory: null,
    indexRow: {
      index,
      action,
      job_id: null,
      job_index_path: null,
      job_index_sha256: null,
      summary_path: relative(notebook.directory, join(folder, 'summary.json')),
      state: error === undefined ? 'skipped' : summary.status === 'cancelled' ? 'cancelled' : 'failed',
    },
  }
}

function detachedStep(index: number, jobRequest: JobRequest): StepResult {
  const {action} = jobRequest.job
  const summary = {...skipped(index, action, jobRequest.run_id, jobRequest.attempt), job_id: jobRequest.job_id, job_key: jobRequest.job_key}
  return {
    summary,
    cached: false,
    carried: false,
    jobDirectory: null,
    indexRow: {
      index,
      action,
      job_id: jobRequest.job_id,
      job_index_path: null,
      job_index_sha256: null,
      summary_path: 'run_state.json',
      state: 'running',
    },
  }
}

/** The host's own verdict over a step whose set it cannot take as it is. */
function verdict(jobRequest: JobRequest, index: number, error: RchError, sealedStatus: Summary['sealed_status']): Summary {
  return {
    ...verdictFields(error),
    ...emptySummary(index, jobRequest.job.action, jobRequest.run_id, jobRequest.attempt),
    job_id: jobRequest.job_id,
    job_key: jobRequest.job_key,
    sealed_status: sealedStatus,
  }
}

function verdictFields(error: RchError) {
  const cancelled = ERRORS[error.code].kind === 'CANCELLED'
  return {
    status: cancelled ? ('cancelled' as const) : ('failed' as const),
    state: cancelled ? ('cancelled' as const) : ('failed' as const),
    failure_kind: ERRORS[error.code].kind,
    failure_subkind: null,
    error_code: error.code,
    errors: errorItems(error),
    exit_code: exitCodeOf(error.code),
    human_summary: error.message,
  }
}

function emptySummary(index: number, action: Action, runId: string, attempt: number) {
  return {
    ...documentHead('summary'),
    run_id: runId,
    attempt,
    job_id: null,
    job_key: null,
    index,
    action,
    rejection_reason: null,
    backend: null,
    backend_exit_code: null,
    backend_term_signal: null,
    started_at: null,
    finished_at: new Date().toISOString(),
    duration_ms: null,
    artifact_profile: null,
    cached_from_job_id: null,
    events_sha256: null,
    counts: {errors: 0, warnings: 0, tests_total: 0, tests_passed: 0, tests_failed: 0, tests_skipped: 0, tests_expected_failures: 0},
    sealed_status: null,
  }
}

function skipped(index: number, action: Action, runId: string, attempt: number): Summary {
  return {
    ...emptySummary(index, action, runId, attempt),
    status: 'skipped',
    state: null,
    failure_kind: null,
    failure_subkind: null,
    error_code: null,
    errors: [],
    exit_code: 0,
    human_summary: `${action} was skipped`,
  }
}

function writeCheck(folder: string, jobRequest: JobRequest, check: AttestationCheck): void {
  const {run_id, attempt, job_id, job_key} = jobRequest
  writeFileSync(
    join(folder, 'attestation_verification.json'),
    writeDocument('attestation_verification', {...documentHead('attestation_verification'), run_id, attempt, job_id, job_key, ...check}),
    {mode: 0o600},
  )
}
