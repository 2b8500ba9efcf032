import {isRchError, type Connection} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import type {Lane} from '../lane.ts'
import type {NotedLease} from '../lease-book.ts'

export interface GiveBackLeftOptions {
  readonly lane: Pick<Lane, 'leases' | 'notice' | 'hostId'>
  readonly connection: Connection
  readonly protocolVersion: number
  readonly worker: string
  readonly signal: AbortSignal | undefined
}

/**
 * Gives back what runs of this host hold on a worker whose process was killed: nobody else does, and they would keep everybody waiting
 * until they expire. A job that still runs keeps its place; how it is gone on with or ended is said. Answers whether a place came free.
 */
export async function giveBackLeft(options: GiveBackLeftOptions): Promise<boolean> {
  let freed = false
  for (const left of options.lane.leases.takeLeft(options.worker)) {
    try {
      if (await release(left, options)) freed = true
      else if (await jobRuns(left, options)) options.lane.notice(busyWith(left))
    } catch (error) {
      // It expires by itself.
      if (!isRchError(error)) throw error
    }
  }
  return freed
}

async function release({lease_id, fence}: NotedLease, {connection, protocolVersion, signal}: GiveBackLeftOptions): Promise<boolean> {
  const {payload} = await connection.call({verb: 'release', payload: {lease_id, fence}, protocolVersion}, signal)
  return checkResponsePayload('release', payload).released
}

async function jobRuns({lease_id, run_id}: NotedLease, {lane, connection, protocolVersion, signal}: GiveBackLeftOptions): Promise<boolean> {
  const {payload} = await connection.call({verb: 'status', payload: {run_id, host_id: lane.hostId}, protocolVersion}, signal)
  return checkResponsePayload('status', payload).jobs.some((job) => job.lease_id === lease_id && job.terminal === null)
}

function busyWith({worker, run_id}: NotedLease): string {
  const id = run_id.slice(0, 12)
  return `${worker} is busy with run ${id}, whose rch was killed: \`rch xcode resume ${id}\` goes on with it, \`rch xcode cancel ${id}\` ends it`
}
