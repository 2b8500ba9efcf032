import type {VerbHandler} from '../context.ts'
import {followJob} from '../follow.ts'
import {jobStatus} from './job-status.ts'
import {submitJob} from './submit.ts'

/** `submit`, then follow to the end. */
export const run: VerbHandler = async (context, request) => {
  const {job_id} = await submitJob(context, request)
  await followJob(context, job_id, context.layout.job(job_id), {events_seq: 0, log_offset: 0}, request)
  return {payload: await jobStatus(context, job_id)}
}
