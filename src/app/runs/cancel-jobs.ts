import {isFinal, RchError, type Connection} from '@rch/contract'
import {checkResponsePayload, type VerbResponsePayload} from '@rch/contract/documents'

export type CancelledJob = VerbResponsePayload<'cancel'>['jobs'][number]

/**
 * Ends jobs on their worker, one after another. Answers what each was and is; throws `cancel_failed` when one goes on although
 * the worker was asked and has waited for its end.
 */
export async function cancelJobs(
  connection: Connection,
  jobIds: readonly string[],
  protocolVersion: number,
): Promise<readonly CancelledJob[]> {
  const ended: CancelledJob[] = []
  for (const job_id of jobIds)
    ended.push(
      ...checkResponsePayload('cancel', (await connection.call({verb: 'cancel', payload: {job_id}, protocolVersion})).payload).jobs,
    )
  const going = ended.filter(({state}) => !isFinal('job', state))
  if (going.length > 0)
    throw new RchError('cancel_failed', undefined, {
      data: {problem: going.map(({job_id, state}) => `${job_id} is still ${state}`).join(', '), jobs: ended},
    })
  return ended
}
