import {existsSync, writeFileSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import type {VerbHandler, WorkerContext} from '../context.ts'
import {isErrno} from '../../infra/files.ts'
import {recoverJob} from '../recovery.ts'
import {jobsOfRun, ownJob, requestCancel, type JobRow} from '../state/jobs.ts'
import {jobStatus} from './job-status.ts'
import {readPayload} from './payload.ts'

/** Longer than interrupting, terminating, killing and sealing take together. */
const PATIENCE_MS = 45_000

/**
 * Asks a job's supervisor to end it and waits for the seal. Idempotent; says per job what it found. What is sealed already
 * stays as it was sealed.
 */
export const cancel: VerbHandler = async (context, request) => {
  const wanted = await readPayload('cancel', request)
  const jobs =
    'job_id' in wanted
      ? [ownJob(context.db, context.owner, wanted.job_id ?? '')]
      : jobsOfRun(context.db, context.owner, wanted.host_id ?? '', wanted.run_id ?? '')
  const found: Readonly<Record<string, unknown>>[] = []
  for (const job of jobs) found.push(await cancelOne(context, job))
  return {payload: {jobs: found}}
}

async function cancelOne(context: WorkerContext, job: JobRow): Promise<Readonly<Record<string, unknown>>> {
  const layout = context.layout.job(job.job_id)
  const {state: found} = await jobStatus(context, job.job_id)
  if (existsSync(layout.index)) return {job_id: job.job_id, found: 'sealed', state: found}
  requestCancel(context.db, job.job_id)
  try {
    writeFileSync(layout.cancel, 'cancelled', {flag: 'wx', mode: 0o600})
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  }
  const until = Date.now() + PATIENCE_MS
  while (!existsSync(layout.index) && Date.now() < until) {
    await recoverJob(context, job.job_id)
    await delay(100)
  }
  return {job_id: job.job_id, found, state: (await jobStatus(context, job.job_id)).state}
}
