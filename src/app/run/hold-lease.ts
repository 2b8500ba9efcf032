import {isRchError, type Connection, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {insist} from './insist.ts'
import type {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'

export interface HeldLease {
  readonly lease_id: string
  readonly fence: number
}

export interface HoldLeaseOptions {
  readonly connection: Connection
  readonly protocolVersion: number
  readonly notebook: Notebook
  readonly profile: EffectiveProfile
  readonly worker: string
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
}

/**
 * The run's lease, kept alive; when it has expired, another one on the same worker, waited for as long as the profile allows.
 * Noted in the run's state: it costs no attempt. Throws `worker_busy`.
 */
export async function holdLease(lease: HeldLease, options: HoldLeaseOptions): Promise<HeldLease> {
  const {connection, protocolVersion, notebook, profile, worker, onProgress, signal} = options
  try {
    await connection.call({verb: 'renew', payload: {lease_id: lease.lease_id, fence: lease.fence}, protocolVersion}, signal)
    return lease
  } catch (error) {
    if (!isRchError(error) || error.code !== 'lease_expired') throw error
  }
  const queue = {wait_seconds: profile.worker.max_queue_seconds, priority: profile.worker.queue_priority}
  const {payload} = await connection.call(
    {
      verb: 'reserve',
      payload: {reservation_id: uuidv7(), run_id: notebook.runId, host_id: notebook.hostId, queue},
      protocolVersion,
      onEvent: ({type, position, waited_seconds: waited}) => {
        if (type !== 'queued' || typeof position !== 'number' || typeof waited !== 'number') return
        notebook.say({type: 'queued', worker, position, waited_seconds: waited})
        onProgress({type: 'queued', worker, position, waited_seconds: waited})
      },
    },
    signal,
  )
  const {lease_id, fence} = checkResponsePayload('reserve', payload)
  notebook.leaseRenewed(lease_id)
  return {lease_id, fence}
}

/** Gives a lease back; one that cannot be given back expires by itself, and others wait for that. */
export async function giveBack(connection: Connection, {lease_id, fence}: HeldLease, protocolVersion: number): Promise<void> {
  try {
    await insist(connection, {verb: 'release', payload: {lease_id, fence}, protocolVersion}, AbortSignal.timeout(10_000))
  } catch {
    // It expires by itself.
  }
}
