import {connect, type Lane} from '../lane.ts'
import {followJob, type JobStatus} from '../run/follow-job.ts'
import {logProgress, type OnProgress} from '../run/progress.ts'
import {locateJobs} from './locate-job.ts'

/** Follows the jobs of a run that a worker knows, one after the other, each from its first event to its seal. */
export async function watchJobs(lane: Lane, id: string, wanted: string | null, onProgress: OnProgress): Promise<readonly JobStatus[]> {
  const located = await locateJobs(lane, id, wanted)
  const {worker, protocolVersion} = located
  let {connection} = located
  const statuses: JobStatus[] = []
  try {
    for (const [index, job] of located.jobs.entries()) {
      onProgress({type: 'step_started', index, steps: located.jobs.length, action: 'job', job_id: job.job_id})
      const followed = await followJob(connection, {
        jobId: job.job_id,
        protocolVersion,
        reconnect: (signal) => connect(lane, worker, {role: 'run', profile: null}, signal),
        onEvent: (event) => onProgress({type: 'event', index, event}),
        onLog: logProgress(onProgress, index),
        onTrouble: (reason, attempt) => onProgress({type: 'reconnecting', reason, attempt}),
      })
      connection = followed.connection
      statuses.push(followed.status)
    }
    return statuses
  } finally {
    await connection.close()
  }
}
