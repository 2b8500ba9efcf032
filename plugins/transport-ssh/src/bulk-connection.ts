import {isRchError, type Connection, type PeerIdentity, type VerbCall, type VerbResponse} from '@rch/contract'

/** From here on a second handshake costs less than encrypting in this process would. */
const BULK_BYTES = 128 * 1024 * 1024

/**
 * A connection that moves much over another one, made when it is first needed: the system's client encrypts several times as
 * fast as ssh2 in process does. Where that one cannot be made, or is gone and cannot be made again, everything goes over the first.
 * @param open makes the other connection; a host key that it refuses is told, every other failure only means that there is none.
 */
export function withBulk(first: Connection, open: () => Promise<Connection>): Connection {
  return new BulkConnection(first, open)
}

class BulkConnection implements Connection {
  readonly #first: Connection
  readonly #open: () => Promise<Connection>
  #bulk: Promise<Connection | null> | null = null
  #closed = false

  constructor(first: Connection, open: () => Promise<Connection>) {
    this.#first = first
    this.#open = open
  }

  get peer(): PeerIdentity {
    return this.#first.peer
  }

  roundTripMs(): number {
    return this.#first.roundTripMs()
  }

  async call(call: VerbCall, signal?: AbortSignal): Promise<VerbResponse> {
    // Opened meanwhile: what goes wrong with it shows when it is used.
    if (!this.#closed && (call.soonBytes ?? 0) >= BULK_BYTES) this.#connection().catch(() => {})
    const bulk = this.#wants(call) ? await unlessAborted(this.#connection(), signal) : null
    if (bulk === null) return this.#first.call(call, signal)
    try {
      return await bulk.call(call, signal)
    } catch (error) {
      if (signal?.aborted === true || !wasNotSent(error)) throw error
      this.#bulk = Promise.resolve(null)
      void bulk.close()
      return this.#first.call(call, signal)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const bulk = this.#bulk?.catch(() => null)
    await Promise.all([this.#first.close(), bulk?.then((connection) => connection?.close())])
  }

  #wants({transferBytes = 0}: VerbCall): boolean {
    return !this.#closed && transferBytes >= BULK_BYTES
  }

  #connection(): Promise<Connection | null> {
    this.#bulk ??= this.#open().catch((error: unknown) => {
      if (isOtherHost(error)) throw error
      return null
    })
    return this.#bulk
  }
}

/** The worker was seen to show another key than the one that this process has just accepted. */
function isOtherHost(error: unknown): boolean {
  return isRchError(error) && error.code === 'ssh_host_key_untrusted' && typeof error.data['got'] === 'string'
}

function wasNotSent(error: unknown): boolean {
  return isRchError(error) && error.code === 'worker_unreachable' && error.data['indeterminate'] === false
}

/** `null` when it was aborted first: whatever is called then says so. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return promise
  const {promise: aborted, resolve} = Promise.withResolvers<null>()
  const onAbort = (): void => resolve(null)
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
