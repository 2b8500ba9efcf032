import {isRchError, RchError, type Connection} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {hostError} from '../host-error.ts'
import {connect, type Lane} from '../lane.ts'
import type {GateRequest} from './gate-request.ts'
import {giveBackLeft} from './give-back-left.ts'
import {giveBack, type HeldLease} from './hold-lease.ts'
import {Notebook} from './notebook.ts'
import {insist} from './insist.ts'
import type {OnProgress} from './progress.ts'
import type {Candidate, Selection} from './select-worker.ts'

export interface Granted {
  readonly candidate: Candidate
  readonly connection: Connection
  readonly lease: HeldLease
  readonly notebook: Notebook
}

/** A lease on the first worker that has room; when none has, a place in the first one's queue. What was opened for nothing is closed. */
export async function reserve(
  lane: Lane,
  request: GateRequest,
  selection: Selection,
  runIdOn: (worker: string) => string,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Granted> {
  const open = new Map<string, Connection>()
  try {
    return await reserveOver(open, lane, request, selection, runIdOn, onProgress, signal)
  } catch (error) {
    for (const connection of open.values()) await connection.close()
    throw error
  }
}

async function reserveOver(
  open: Map<string, Connection>,
  lane: Lane,
  request: GateRequest,
  selection: Selection,
  runIdOn: (worker: string) => string,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Granted> {
  const {profile} = request
  const connectionTo = async (candidate: Candidate): Promise<Connection> => {
    const known = open.get(candidate.worker.name) ?? candidate.connection
    const connection = known ?? (await connect(lane, candidate.worker, {role: 'run', profile}, signal))
    open.set(candidate.worker.name, connection)
    return connection
  }
  const ask = async (
    candidate: Candidate,
    waitSeconds: number,
    onQueued: (position: number, waited: number) => void,
  ): Promise<HeldLease> => {
    const connection = await connectionTo(candidate)
    const reservation_id = uuidv7()
    const {payload} = await insist(
      connection,
      {
        verb: 'reserve',
        payload: {
          reservation_id,
          run_id: runIdOn(candidate.worker.name),
          host_id: lane.hostId,
          queue: {wait_seconds: waitSeconds, priority: profile.worker.queue_priority},
        },
        protocolVersion: candidate.fit.protocolVersion,
        onEvent: ({type, position, waited_seconds: waited}) => {
          if (type === 'queued' && typeof position === 'number' && typeof waited === 'number') onQueued(position, waited)
        },
      },
      signal,
    )
    const {lease_id, fence} = checkResponsePayload('reserve', payload)
    lane.leases.note({worker: candidate.worker.name, run_id: runIdOn(candidate.worker.name), lease_id, fence})
    return {lease_id, fence}
  }
  const closeOthers = async (kept: Candidate): Promise<void> => {
    for (const candidate of selection.candidates)
      if (candidate !== kept) await (open.get(candidate.worker.name) ?? candidate.connection)?.close()
  }
  const chosen = async (candidate: Candidate, lease: HeldLease, notebookOf: () => Notebook): Promise<Granted> => {
    const connection = await connectionTo(candidate)
    try {
      const notebook = notebookOf()
      await closeOthers(candidate)
      onProgress({type: 'selected', worker: candidate.worker.name, reasons: [...candidate.notes]})
      notebook.become('running', {started_at: new Date().toISOString()})
      return {candidate, connection, lease, notebook}
    } catch (error) {
      // A run that cannot be written down does not begin, and keeps nobody else waiting.
      const {worker, fit} = candidate
      await giveBack(connection, lease, {lane, worker: worker.name, protocolVersion: fit.protocolVersion})
      throw error
    }
  }
  const atOnce = async (candidate: Candidate): Promise<Granted | null> => {
    try {
      const lease = await ask(candidate, 0, () => {})
      return await chosen(candidate, lease, () => Notebook.create(lane.repo, runIdOn(candidate.worker.name), lane.hostId))
    } catch (error) {
      if (!isRchError(error) || error.code !== 'worker_busy') throw error
      return null
    }
  }
  const freed = async ({worker, fit}: Candidate): Promise<boolean> => {
    const connection = open.get(worker.name)
    if (connection === undefined) return false
    return giveBackLeft({lane, connection, worker: worker.name, protocolVersion: fit.protocolVersion, signal})
  }
  for (const candidate of selection.candidates) {
    const granted = (await atOnce(candidate)) ?? ((await freed(candidate)) ? await atOnce(candidate) : null)
    if (granted !== null) return granted
  }
  const [first] = selection.candidates
  if (first === undefined) throw new RchError('no_eligible_worker')
  if (profile.worker.max_queue_seconds === 0)
    throw new RchError('worker_busy', undefined, {data: {workers: selection.candidates.map(({worker}) => worker.name)}})
  const notebook = Notebook.create(lane.repo, runIdOn(first.worker.name), lane.hostId)
  notebook.become('queued', {queued_at: new Date().toISOString()})
  try {
    const lease = await ask(first, profile.worker.max_queue_seconds, (position, waited) => {
      notebook.say({type: 'queued', worker: first.worker.name, position, waited_seconds: waited})
      onProgress({type: 'queued', worker: first.worker.name, position, waited_seconds: waited})
    })
    return await chosen(first, lease, () => notebook)
  } catch (error) {
    const known = hostError(error, lane.env)
    notebook.become(known.code === 'cancelled' ? 'cancelled' : 'failed', {reason: known.code})
    await closeOthers(first)
    await open.get(first.worker.name)?.close()
    throw error
  }
}
