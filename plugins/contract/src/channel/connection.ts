import type {RchError} from '../errors/rch-error.ts'
import type {Answer} from '../protocol/answer-reader.ts'
import {MAX_IN_FLIGHT} from '../protocol/limits.ts'
import type {Connection, PeerIdentity, VerbCall, VerbResponse} from '../providers.ts'
import {ChannelDriver} from './channel-driver.ts'
import type {ChannelSource} from './channel.ts'
import {prepareCall, type PreparedCall} from './prepare-call.ts'
import {unanswered} from './unanswered.ts'

/** A worker that works says something every 10 s in these calls; six times that is silence. */
const STALL_MS = 60_000
/** The others may have to look at a whole toolchain or a large set before their first byte. */
const QUIET_STALL_MS = 180_000
/** A harness ends a session on which nothing was asked for a minute; one that is about to is not asked any more. */
const SESSION_IDLE_MS = 40_000
/** How long a harness may take to go after its last answer. */
const EXIT_GRACE_MS = 5000

export interface ConnectionOptions {
  readonly peer: () => PeerIdentity
  /** What the transport itself has measured; a shorter call counts more. */
  readonly roundTripMs?: () => number
  /** Long-lived channels kept for further calls; 0 keeps none. */
  readonly maxSessions?: number
  /** Replaces the limits after which silence ends a call. */
  readonly stallMs?: number
  /** Replaces the idle time after which a session is left. */
  readonly sessionIdleMs?: number
}

/**
 * A Connection over anything that can start the harness for a verb. Calls that follow a job get a channel of their own; all others
 * share up to four `session` channels, one call at a time each (four of those that may go in line), and get a channel of their own
 * when all are taken or when the worker has no `session`.
 */
export function connectionOver(source: ChannelSource, options: ConnectionOptions): Connection {
  return new ChannelConnection(source, options)
}

class ChannelConnection implements Connection {
  readonly #source: ChannelSource
  readonly #options: ConnectionOptions
  readonly #sessions = new Set<ChannelDriver>()
  readonly #others = new Set<ChannelDriver>()
  #maxSessions: number
  #opening = 0
  #shortestCallMs = Number.POSITIVE_INFINITY
  #closed = false

  constructor(source: ChannelSource, options: ConnectionOptions) {
    this.#source = source
    this.#options = options
    this.#maxSessions = options.maxSessions ?? MAX_IN_FLIGHT
  }

  get peer(): PeerIdentity {
    return this.#options.peer()
  }

  roundTripMs(): number {
    // A call takes one and more: the shortest says that it is no longer than that, however busy the machines were before.
    const known = Math.min(this.#options.roundTripMs?.() ?? Number.POSITIVE_INFINITY, this.#shortestCallMs)
    return Number.isFinite(known) ? known : 0
  }

  async call(call: VerbCall, signal?: AbortSignal): Promise<VerbResponse> {
    const facts = {worker: this.#source.worker, verb: call.verb, sent: false}
    if (this.#closed) throw unanswered('the connection was closed', facts)
    if (signal?.aborted === true) throw unanswered('the call was given up', {...facts, cause: signal.reason})
    const prepared = prepareCall(call)
    const started = performance.now()
    const answer = (await this.#inSession(prepared, signal)) ?? (await this.#alone(prepared, signal))
    this.#shortestCallMs = Math.min(this.#shortestCallMs, performance.now() - started)
    if (!answer.ok) throw answer.error
    return answer.response
  }

  async close(): Promise<void> {
    this.#closed = true
    const drivers = [...this.#sessions, ...this.#others]
    for (const driver of drivers) if (driver.busy) driver.destroy()
    await Promise.all(drivers.map((driver) => driver.close(EXIT_GRACE_MS)))
    await this.#source.close()
  }

  /** `null` when the call needs a channel of its own; it was then not sent, or refused unread. */
  async #inSession(prepared: PreparedCall, signal: AbortSignal | undefined): Promise<Answer | null> {
    if (prepared.following) return null
    if (this.#sessions.size > 0) await this.#source.weed?.()
    const driver = this.#busyFor(prepared.call) ?? this.#claimIdle() ?? (await this.#openSession(signal))
    if (driver === null) return null
    const {proven} = driver
    try {
      const answer = await driver.ask(prepared, this.#stallMs(prepared), signal)
      if (!answer.ok && !driver.busy && isProcessTrouble(answer.error)) this.#leave(driver)
      if (answer.ok || answer.requestRead) return answer
      this.#drop(driver)
      if (proven || !meansNoSession(answer.error)) return answer
      this.#maxSessions = 0
      return null
    } catch (error) {
      this.#drop(driver)
      throw error
    }
  }

  /** The session on which such a call may wait behind another one. */
  #busyFor(call: VerbCall): ChannelDriver | null {
    return [...this.#sessions].find((driver) => driver.takesBehind(call)) ?? null
  }

  #claimIdle(): ChannelDriver | null {
    for (const driver of this.#sessions) {
      if (!driver.alive) this.#drop(driver)
      else if (driver.idleMs() > (this.#options.sessionIdleMs ?? SESSION_IDLE_MS)) this.#leave(driver)
      else if (driver.claim()) return driver
    }
    return null
  }

  async #openSession(signal: AbortSignal | undefined): Promise<ChannelDriver | null> {
    if (this.#sessions.size + this.#opening >= this.#maxSessions) return null
    this.#opening += 1
    try {
      const driver = await this.#open('session', signal)
      driver.claim()
      this.#sessions.add(driver)
      return driver
    } finally {
      this.#opening -= 1
    }
  }

  async #alone(prepared: PreparedCall, signal: AbortSignal | undefined): Promise<Answer> {
    const driver = await this.#open(prepared.call.verb, signal)
    this.#others.add(driver)
    try {
      return await driver.askOnly(prepared, prepared.following, this.#stallMs(prepared), signal)
    } finally {
      void driver.close(EXIT_GRACE_MS).finally(() => this.#others.delete(driver))
    }
  }

  async #open(verb: string, signal: AbortSignal | undefined): Promise<ChannelDriver> {
    const facts = {worker: this.#source.worker, verb, sent: false}
    const opening = this.#source.open(verb)
    const channel = await unlessAborted(opening, signal).catch((error: unknown) => {
      // Several calls may wait for one connection: it is made all the same, and what comes of it for this call is not used.
      if (signal?.aborted === true) void opening.then((late) => late.destroy()).catch(() => {})
      throw signal?.aborted === true ? unanswered('the call was given up', {...facts, cause: signal.reason}) : error
    })
    const driver = new ChannelDriver(channel, this.#source)
    if (!this.#closed) return driver
    driver.destroy()
    throw unanswered('the connection was closed', facts)
  }

  /** Lets an idle session come to its end by itself. */
  #leave(driver: ChannelDriver): void {
    this.#sessions.delete(driver)
    this.#others.add(driver)
    void driver.close(EXIT_GRACE_MS).finally(() => this.#others.delete(driver))
  }

  #drop(driver: ChannelDriver): void {
    driver.destroy()
    this.#sessions.delete(driver)
  }

  #stallMs({call, following}: PreparedCall): number {
    if (this.#options.stallMs !== undefined) return this.#options.stallMs
    return following || call.verb === 'reserve' || call.body !== undefined ? STALL_MS : QUIET_STALL_MS
  }
}

/** What may stay wrong in that process, such as code that it could not load, and be right in the next one. */
function isProcessTrouble(error: RchError): boolean {
  return error.code === 'internal_error' || error.code === 'worker_degraded'
}

function meansNoSession(error: RchError): boolean {
  return error.code === 'forbidden_ssh_command' || error.code === 'required_feature_unsupported'
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new Error('aborted'))
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
