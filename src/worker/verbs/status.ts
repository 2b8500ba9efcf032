import type {VerbHandler} from '../context.ts'
import {recoverJobs} from '../recovery.ts'
import {jobsOfRun, ownJob, unsealedJobs} from '../state/jobs.ts'
import {liveLeases} from '../state/leases.ts'
import {jobStatus} from './job-status.ts'
import {readPayload} from './payload.ts'

/** One job, the caller's jobs of one run, or what the worker is doing for the caller. */
export const status: VerbHandler = async (context, request) => {
  const wanted = await readPayload('status', request)
  await recoverJobs(context)
  const jobs =
    'job_id' in wanted
      ? [ownJob(context.db, context.owner, wanted.job_id ?? '')]
      : 'run_id' in wanted
        ? jobsOfRun(context.db, context.owner, wanted.host_id ?? '', wanted.run_id ?? '')
        : unsealedJobs(context.db, context.owner)
  return {payload: {jobs: await Promise.all(jobs.map((job) => jobStatus(context, job.job_id))), leases: liveLeases(context.db, Date.now())}}
}
