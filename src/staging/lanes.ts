import type {Connection} from '@rch/contract'
import type {Call} from './upload-call.ts'

type Opened = Pick<Connection, 'call' | 'close'>

/** So much is worth further connections: opening one takes about ten round trips, in which this much goes over one. */
const SHARED_BYTES = 64 * 1024 * 1024

/** Which connection each of several concurrent senders uses. */
export class Lanes {
  readonly #first: Pick<Connection, 'call' | 'roundTripMs'>
  readonly #connect: ((signal?: AbortSignal) => Promise<Opened>) | undefined
  readonly #opened = new Map<number, Promise<Opened>>()
  #broken = false
  #count = 1

  constructor(first: Pick<Connection, 'call' | 'roundTripMs'>, connect: ((signal?: AbortSignal) => Promise<Opened>) | undefined) {
    this.#first = first
    this.#connect = connect
  }

  /** Connections used so far. */
  get opened(): number {
    return this.#count
  }

  /** How lane `lane` of `lanes` calls when `bytes` are to be sent in all. */
  async call(lane: number, lanes: number, bytes: number): Promise<Call> {
    const connect = this.#connect
    const shares = lane === 0 ? !this.#broken : !this.#broken && (bytes < SHARED_BYTES || lanes <= 2)
    if (connect === undefined || shares) return (request, signal) => this.#first.call(request, signal)
    let opened = this.#opened.get(lane)
    if (opened === undefined) {
      this.#count++
      opened = connect()
      // It is awaited below; here only so that nobody calls it unhandled when another lane fails first.
      opened.catch(() => {})
      this.#opened.set(lane, opened)
    }
    const connection = await opened
    return (request, signal) => connection.call(request, signal)
  }

  /** After a failure every lane gets a connection of its own that is new. */
  renew(): void {
    this.#broken = this.#connect !== undefined
    void this.close()
  }

  async close(): Promise<void> {
    const opened = [...this.#opened.values()]
    this.#opened.clear()
    await Promise.allSettled(opened.map(async (connection) => (await connection).close()))
  }
}
