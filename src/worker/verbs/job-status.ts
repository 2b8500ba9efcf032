import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {readDocument, type VerbResponsePayload} from '@rch/contract/documents'
import {isState} from '@rch/contract/states'
import type {WorkerContext} from '../context.ts'
import {LineTail} from '../follow.ts'
import {readIfThere} from '../../infra/files.ts'
import {findJob} from '../state/jobs.ts'

export type JobStatus = VerbResponsePayload<'submit'>

/** What a caller may know of a job: its state (`collecting` until the seal), how far its streams are, how it ended. */
export async function jobStatus(context: Pick<WorkerContext, 'db' | 'layout'>, jobId: string): Promise<JobStatus> {
  const job = findJob(context.db, jobId)
  if (job === undefined) throw new RchError('job_not_found', undefined, {data: {id: jobId}})
  const layout = context.layout.job(jobId)
  const terminal = terminalOf(layout.index, layout.artifacts)
  return {
    job_id: jobId,
    run_id: job.run_id,
    attempt: job.attempt,
    host_id: job.host_id,
    job_key: job.job_key,
    state: terminal === null ? (TERMINAL.has(job.state) ? 'collecting' : stateOf(job.state)) : terminal.state,
    seq: job.seq,
    cancel_requested: job.cancel_requested,
    last_event_seq: countEvents(layout.events),
    event_bytes: sizeOf(layout.events),
    log_bytes: sizeOf(layout.log),
    lease_id: job.lease_id,
    terminal: terminal?.said ?? null,
  }
}

const TERMINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'timed_out'])

function terminalOf(
  index: string,
  artifacts: string,
): {readonly state: JobStatus['state']; readonly said: NonNullable<JobStatus['terminal']>} | null {
  const bytes = readIfThere(index)
  const summaryBytes = bytes === undefined ? undefined : readIfThere(join(artifacts, 'summary.json'))
  if (bytes === undefined || summaryBytes === undefined) return null
  const {job_index_sha256} = readDocument('job_index', bytes)
  const {state, exit_code, error_code, human_summary, finished_at} = readDocument('summary', summaryBytes)
  return {state: state ?? 'failed', said: {job_index_sha256, exit_code, error_code, human_summary, finished_at}}
}

function stateOf(state: string): JobStatus['state'] {
  if (isState('job', state)) return state
  throw new Error(`the job table holds the unknown state ${state}`)
}

function countEvents(file: string): number {
  const tail = new LineTail(file, 0)
  while (tail.read(true, {maxLines: 10_000, maxBytes: Infinity}).length > 0);
  return tail.sequence
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}
