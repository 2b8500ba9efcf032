import {unanswered, type HarnessChannel} from '@rch/contract/channel'
import {MAX_IN_FLIGHT} from '@rch/contract/protocol'
import {connectWithRetries, ConnectFailure} from './connect-retries.ts'
import type {ConnectorInput, SshPool} from './connector.ts'
import {connectSsh2, type Ssh2Link} from './ssh2-link.ts'

/** A round trip beyond this makes one connection's 2 MiB window the limit: bulk then spreads over several. */
const LONG_ROUND_TRIP_MS = 10
/** sshd's MaxSessions is 10 by default. */
const CHANNELS_PER_LINK = 8

/** Connects, so that its failures are told now; further connections are made when they are needed. @throws RchError. */
export async function openSsh2Pool(input: ConnectorInput, signal?: AbortSignal): Promise<SshPool> {
  const pool = new Ssh2Pool(input)
  await pool.link('new', signal)
  return {source: pool, roundTripMs: () => pool.roundTripMs}
}

class Ssh2Pool {
  readonly #input: ConnectorInput
  readonly #links = new Set<Ssh2Link>()
  #connecting: Promise<Ssh2Link> | null = null
  #sessions = 0
  #closed = false

  constructor(input: ConnectorInput) {
    this.#input = input
  }

  get roundTripMs(): number {
    return Math.min(...[...this.#links].map((link) => link.roundTripMs), Number.MAX_SAFE_INTEGER)
  }

  get worker(): string {
    return this.#input.target.worker
  }

  /** A channel of its own for the verb, on a connection with room; a broken connection is replaced. */
  async open(verb: string): Promise<HarnessChannel> {
    const spread = verb === 'session' && this.#sessions > 0 && this.roundTripMs > LONG_ROUND_TRIP_MS
    const counted = verb === 'session' ? 1 : 0
    this.#sessions += counted
    try {
      const channel = await this.#openOn(await this.link(spread ? 'new' : 'roomy'), verb)
      void channel.ended.then(() => (this.#sessions -= counted))
      return channel
    } catch (error) {
      this.#sessions -= counted
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#links].map((link) => link.close()))
  }

  /** @param signal ends the connecting; only where nobody else can be waiting for it. */
  async link(which: 'roomy' | 'new', signal?: AbortSignal): Promise<Ssh2Link> {
    for (const link of this.#links) if (!link.alive) this.#links.delete(link)
    const links = [...this.#links].toSorted((a, b) => a.channels - b.channels)
    const roomy = links.find((link) => link.channels < CHANNELS_PER_LINK)
    if (roomy !== undefined && (which === 'roomy' || links.length >= MAX_IN_FLIGHT)) return roomy
    // Calls that start together share the first connection instead of making one each.
    if (which !== 'new' && this.#connecting !== null) return this.#connecting
    const connecting = this.#connect(signal)
    this.#connecting = connecting
    try {
      return await connecting
    } finally {
      if (this.#connecting === connecting) this.#connecting = null
    }
  }

  async #openOn(link: Ssh2Link, verb: string): Promise<HarnessChannel> {
    try {
      return await link.exec(verb)
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error
      // Nothing was sent yet: a connection that is gone, or takes no further channel, costs one more try on a new one.
      const another = await this.#connect()
      return another.exec(verb).catch((last: unknown) => {
        throw unanswered(last instanceof Error ? last.message : String(last), {worker: this.worker, verb, sent: false, cause: last})
      })
    }
  }

  async #connect(signal?: AbortSignal): Promise<Ssh2Link> {
    const {options, target} = this.#input
    const retries = {worker: target.worker, timeoutMs: options.connectTimeoutMs, notice: options.notice, signal}
    const link = await connectWithRetries(retries, (leftMs, limit) => connectSsh2(this.#input, leftMs, limit))
    if (this.#closed) {
      await link.close()
      throw unanswered('the connection was closed', {worker: target.worker, verb: 'connect', sent: false})
    }
    this.#links.add(link)
    return link
  }
}
