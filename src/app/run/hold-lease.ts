import {isRchError, toRchError, type Connection, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import type {Lane} from '../lane.ts'
import {insist} from './insist.ts'
import type {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'

/** A run that has its verdict does not wait longer than this to say it. */
const GIVE_BACK_MS = 10_000

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

export interface GiveBackOptions {
  readonly lane: Pick<Lane, 'leases' | 'notice'>
  readonly worker: string
  readonly protocolVersion: number
}

/** Gives a lease back, whatever went wrong the first times; says so when it cannot: others wait until the lease expires by itself. */
export async function giveBack(connection: Connection, {lease_id, fence}: HeldLease, options: GiveBackOptions): Promise<void> {
  const {lane, worker, protocolVersion} = options
  try {
    const call = {verb: 'release', payload: {lease_id, fence}, protocolVersion}
    await insist(connection, call, AbortSignal.timeout(GIVE_BACK_MS), () => true)
    lane.leases.forget(lease_id)
  } catch (error) {
    lane.notice(`the place on ${worker} could not be given back (${toRchError(error).code}): whoever comes next waits until it expires`)
  }
}
