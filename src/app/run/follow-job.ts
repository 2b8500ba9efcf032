import {setTimeout as delay} from 'node:timers/promises'
import {isRchError, RchError, type Connection} from '@rch/contract'
import {checkEvent, checkResponsePayload, type JobEvent, type VerbResponsePayload} from '@rch/contract/documents'
import {isLineTrouble} from '../../domain/line-trouble.ts'

export type JobStatus = VerbResponsePayload<'submit'>

export interface FollowOptions {
  readonly jobId: string
  readonly protocolVersion: number
  /** Opens a new way to the worker after the last one broke. */
  readonly reconnect: (signal?: AbortSignal) => Promise<Connection>
  readonly onEvent: (event: JobEvent) => void
  /** A promise holds the log back until it settles. */
  readonly onLog: (bytes: Uint8Array) => void | Promise<void>
  readonly onTrouble: (reason: string, attempt: number) => void
  readonly signal?: AbortSignal | undefined
}

/** Broken follows in a row, without a byte in between, after which only asking remains; then how long the worker may be away. */
const FOLLOWS = 2
const PATIENCE_MS = 60_000
/** How often a worker that is only asked hears from somebody whose reader takes its time. */
const LOOK_EVERY_MS = 10_000

/**
 * Follows a job from its first event until it is sealed, over as many connections as it takes; each event and each byte of log
 * is handed over once. Answers the sealed status. When the worker stays away: `worker_unreachable`; the job goes on without us.
 */
export async function followJob(
  connection: Connection,
  options: FollowOptions,
): Promise<{readonly status: JobStatus; readonly connection: Connection}> {
  const cursor = {events_seq: 0, log_offset: 0}
  const seen = (event: Readonly<Record<string, unknown>>): void => {
    const sequence = event['sequence']
    if (typeof sequence !== 'number' || sequence <= cursor.events_seq) return
    cursor.events_seq = sequence
    const known = checkEvent(event)
    if (known !== undefined) options.onEvent(known)
  }
  const heard = (bytes: Uint8Array): void | Promise<void> => {
    cursor.log_offset += bytes.length
    return options.onLog(bytes)
  }
  let current = connection
  let broken = 0
  let awaySince: number | null = null
  for (;;) {
    options.signal?.throwIfAborted()
    const before = cursor.events_seq + cursor.log_offset
    try {
      const status = await (broken < FOLLOWS ? follow : poll)(current, cursor, {...options, onEvent: seen, onLog: heard})
      if (status !== null) return {status, connection: current}
      awaySince = null
    } catch (error) {
      if (!isRchError(error) || !isLineTrouble(error)) throw error
      options.signal?.throwIfAborted()
      if (cursor.events_seq + cursor.log_offset > before) [broken, awaySince] = [0, null]
      broken += 1
      awaySince ??= Date.now()
      options.onTrouble(error.message, broken)
      if (Date.now() - awaySince > PATIENCE_MS) throw error
      await delay(Math.min(5000, 200 * 2 ** broken))
      current = await reopen(current, options)
    }
  }
}

async function reopen(old: Connection, options: FollowOptions): Promise<Connection> {
  try {
    const fresh = await options.reconnect(options.signal)
    await old.close()
    return fresh
  } catch (error) {
    if (isRchError(error) && isLineTrouble(error)) return old
    throw error
  }
}

interface Cursor {
  readonly events_seq: number
  readonly log_offset: number
}

interface TailOptions extends Pick<FollowOptions, 'jobId' | 'protocolVersion' | 'onLog' | 'signal'> {
  /** As it came, unchecked. */
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void
}

async function follow(
  connection: Connection,
  cursor: Cursor,
  {jobId, protocolVersion, onEvent, onLog, signal}: TailOptions,
): Promise<JobStatus | null> {
  await connection.call(
    {verb: 'tail', payload: {job_id: jobId, cursor: {...cursor}, follow: true}, protocolVersion, onEvent, onLog},
    signal,
  )
  return sealedStatus(connection, jobId, protocolVersion, signal)
}

/** What remains where following does not work: asking, often while something comes. */
async function poll(
  connection: Connection,
  cursor: Cursor,
  {jobId, protocolVersion, onEvent, onLog, signal}: TailOptions,
): Promise<JobStatus | null> {
  const ask = async (limits: Readonly<Record<string, number>>): Promise<VerbResponsePayload<'tail'>> => {
    const payload = {job_id: jobId, cursor: {...cursor}, follow: false, ...limits}
    return checkResponsePayload('tail', (await connection.call({verb: 'tail', payload, protocolVersion}, signal)).payload)
  }
  const {events, log_chunk, log_encoding, more} = await ask({})
  for (const event of events) onEvent(event)
  // A job that nobody looks at is ended: whoever is held up by a slow reader still looks.
  if (log_chunk !== '') await whileHeld(onLog(Buffer.from(log_chunk, log_encoding)), () => ask({max_events: 1, max_bytes: 1}))
  if (!more) return sealedStatus(connection, jobId, protocolVersion, signal)
  await delay(events.length > 0 || log_chunk !== '' ? 1000 : 5000, undefined, signal === undefined ? {} : {signal})
  return null
}

/** Waits for `held`, and does `look` again and again meanwhile. What goes wrong there shows when it is asked the next time. */
async function whileHeld(held: void | Promise<void>, look: () => Promise<unknown>): Promise<void> {
  if (held === undefined) return
  const looking = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS)
  try {
    await held
  } finally {
    clearInterval(looking)
  }
}

async function sealedStatus(
  connection: Connection,
  jobId: string,
  protocolVersion: number,
  signal: AbortSignal | undefined,
): Promise<JobStatus | null> {
  const {payload} = await connection.call({verb: 'status', payload: {job_id: jobId}, protocolVersion}, signal)
  const [status] = checkResponsePayload('status', payload).jobs
  if (status === undefined) throw new RchError('job_not_found', undefined, {data: {id: jobId}})
  return status.terminal === null ? null : status
}
