import {toRchError, type RchError, type WorkerEntry} from '@rch/contract'
import type {Capabilities} from '@rch/contract/documents'
import type {Lane} from '../lane.ts'
import {capabilitiesOf} from '../run/select-worker.ts'

/** One worker of the inventory and what it said when it was asked. */
export interface SurveyedWorker {
  readonly worker: WorkerEntry
  readonly capabilities: Capabilities | null
  readonly host_key: {readonly fingerprint: string | null; readonly verified: string} | null
  readonly error: RchError | null
}

/** Asks every named worker at once what it is. A worker that does not answer is part of the answer. */
export async function surveyWorkers(lane: Lane, names: readonly string[] | null): Promise<readonly SurveyedWorker[]> {
  const asked = names === null ? lane.workers : lane.workers.filter(({name}) => names.includes(name))
  return Promise.all(
    asked.map(async (worker): Promise<SurveyedWorker> => {
      try {
        const {capabilities, connection} = await capabilitiesOf(lane, worker, null)
        const host_key =
          connection === null ? null : {fingerprint: connection.peer.host_key_fingerprint, verified: connection.peer.verified}
        await connection?.close()
        return {worker, capabilities, host_key, error: null}
      } catch (error) {
        return {worker, capabilities: null, host_key: null, error: toRchError(error)}
      }
    }),
  )
}
