import {toRchError, type RchError} from '@rch/contract'
import {checkResponsePayload, type VerbResponsePayload} from '@rch/contract/documents'
import {connect, workerNamed, type Lane} from '../lane.ts'

export interface WorkerStatus {
  readonly name: string
  readonly jobs: VerbResponsePayload<'status'>['jobs']
  readonly leases: VerbResponsePayload<'status'>['leases'] | null
  readonly error: RchError | null
}

/** What each worker is doing for this key's owner, all asked at once. */
export async function workerStatuses(lane: Lane, wanted: string | null): Promise<readonly WorkerStatus[]> {
  const workers = wanted === null ? lane.workers : [workerNamed(lane, wanted)]
  return Promise.all(
    workers.map(async (worker): Promise<WorkerStatus> => {
      try {
        const connection = await connect(lane, worker, {role: 'run', profile: null})
        try {
          const {jobs, leases} = checkResponsePayload(
            'status',
            (await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload,
          )
          return {name: worker.name, jobs, leases, error: null}
        } finally {
          await connection.close()
        }
      } catch (error) {
        return {name: worker.name, jobs: [], leases: null, error: toRchError(error)}
      }
    }),
  )
}
