import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {isErrorCode, isRchError, RchError, toRchError, type Connection} from '@rch/contract'
import {checkResponsePayload, documentHead, readDocument, writeDocument, type JobRequest, type Summary} from '@rch/contract/documents'
import {writeFileAtomic} from '../../infra/files.ts'
import {fetchSet} from '../artifacts/fetch/fetch-set.ts'
import {verifyAttestation, type AttestationCheck} from '../artifacts/verify-attestation.ts'
import {hostError} from '../host-error.ts'
import {connect, type Lane} from '../lane.ts'
import {isLineTrouble} from '../../domain/line-trouble.ts'
import {followJob, type JobStatus} from './follow-job.ts'
import {holdAgain} from './hold-again.ts'
import type {Notebook} from './notebook.ts'
import {logProgress} from './progress.ts'
import {reissueRequest} from './reissue-request.ts'
import {signed} from './signed.ts'
import type {StepContext, StepResult} from './step-context.ts'
import {detachedStep, hostVerdict} from './step-results.ts'

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
  const {notebook, held, candidate, request} = context
  for (let again = false; ; again = true) {
    const jobRequest = await signed(request.profile, candidate.worker, reissueRequest(context.jobRequest, held.current))
    keepRequest(notebook, jobRequest)
    try {
      await submit(lane, {...context, jobRequest})
      return jobRequest
    } catch (error) {
      if (again || !isRchError(error) || error.code !== 'lease_expired') throw error
      await holdAgain(context)
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
      own = hostVerdict(jobRequest, index, new RchError(problem.error_code, problem.message, {data: problem.data}), sealed.status)
  } catch (error) {
    const known = hostError(error, lane.env)
    if (known.code === 'worker_unreachable' || known.code === 'transfer_failed') throw error
    own = hostVerdict(jobRequest, index, known, null)
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

function writeCheck(folder: string, jobRequest: JobRequest, check: AttestationCheck): void {
  const {run_id, attempt, job_id, job_key} = jobRequest
  writeFileSync(
    join(folder, 'attestation_verification.json'),
    writeDocument('attestation_verification', {...documentHead('attestation_verification'), run_id, attempt, job_id, job_key, ...check}),
    {mode: 0o600},
  )
}
