import {RchError} from '@rch/contract'
import {connect, type Lane} from '../lane.ts'
import {locateJobs} from './locate-job.ts'
import {fetchSet} from '../artifacts/fetch/fetch-set.ts'

/** Fetches every sealed set that an id means. Throws `usage_error` when none of its jobs has ended. */
export async function fetchJobs(
  lane: Lane,
  id: string,
  wanted: string | null,
): Promise<readonly {readonly job_id: string; readonly directory: string; readonly bytes: number}[]> {
  const located = await locateJobs(lane, id, wanted)
  let {connection} = located
  try {
    const ended = located.jobs.filter((job) => job.terminal !== null)
    if (ended.length === 0)
      throw new RchError('usage_error', `No job of ${id} has ended yet.`, {
        data: {id, states: located.jobs.map((job) => job.state)},
        hint: `Run \`rch xcode watch ${id}\`.`,
      })
    const fetched = []
    for (const job of ended) {
      const target = lane.repo.job(job.job_id)
      const result = await fetchSet(connection, {
        jobId: job.job_id,
        protocolVersion: located.protocolVersion,
        target,
        jobIndexSha256: job.terminal?.job_index_sha256 ?? null,
        reconnect: (signal) => connect(lane, located.worker, {role: 'run', profile: null}, signal),
        onProgress: () => {},
      })
      connection = result.connection
      fetched.push({job_id: job.job_id, directory: target, bytes: result.bytes})
    }
    return fetched
  } finally {
    await connection.close()
  }
}
