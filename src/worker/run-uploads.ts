import {readFileSync} from 'node:fs'
import {readDocument, type JobRequest} from '@rch/contract/documents'
import type {WorkerContext} from './context.ts'
import {openUploads} from './open-uploads.ts'
import {jobsOfLease, unsealedJobs, type JobRow} from './state/jobs.ts'

const MAX_REQUEST_BYTES = 64 * 1024 * 1024

/** Removes uploads that are idle and that no unsealed job works from; answers how many, or how many it would. */
export function sweepUploads(context: WorkerContext, dryRun: boolean): number {
  const live = uploadsInUse(context)
  return openUploads(context).sweep((owner, uploadId) => live.has(`${owner}/${uploadId}`), dryRun)
}

/**
 * Lets go of what a lease's run staged, once none of its jobs is to come: an agent that runs all day would fill the worker
 * otherwise. What an interrupted run staged stays for its resumption until it is idle.
 */
export function releaseUploads(context: WorkerContext, leaseId: string): void {
  const live = uploadsInUse(context)
  for (const job of jobsOfLease(context.db, leaseId)) {
    const request = requestOf(context, job)
    if (request === null || !isLastOfRun(job, request) || live.has(`${job.owner}/${request.stage.upload_id}`)) continue
    openUploads(context).release(job.owner, request.stage.upload_id)
  }
}

/** A run ends with its last step, or with the first red one unless it goes on nevertheless. */
function isLastOfRun({state}: JobRow, {job}: JobRequest): boolean {
  const {inputs, resolved} = job.effective_config
  return job.index === inputs.steps.length - 1 || (state !== 'succeeded' && !resolved.settings.continue_on_failure)
}

function uploadsInUse(context: WorkerContext): ReadonlySet<string> {
  return new Set(
    unsealedJobs(context.db, null).flatMap((job) => {
      const request = requestOf(context, job)
      return request === null ? [] : [`${job.owner}/${request.stage.upload_id}`]
    }),
  )
}

/** `null` when it was never written, or was collected. */
function requestOf(context: WorkerContext, job: JobRow): JobRequest | null {
  try {
    return readDocument('job_request', readFileSync(context.layout.job(job.job_id).request), {maxBytes: MAX_REQUEST_BYTES})
  } catch {
    return null
  }
}
