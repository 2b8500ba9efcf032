import {fstatSync} from 'node:fs'
import {Socket} from 'node:net'
import type {Readable} from 'node:stream'
import type {IncomingRequest, RequestReader} from '@rch/contract/protocol'

const LINE_BYTES = 64 * 1024

/** Where a channel's bytes come from; it feeds a reader and says when that is worth a look. */
export interface ChannelBytes {
  /** Begins, or goes on, to feed `reader`, until a request may be whole or the input ends. */
  resume(): void
  /** Called for each piece; `whole` when a request may have come to its end, or the input did. */
  onBytes: (whole: boolean) => void
  readonly ended: boolean
}

/**
 * The requests of one channel, in order. Their bytes are read to where the request needs them: a large upload comes in tens of
 * thousands of pieces, and memory of its own for each would keep the garbage collector busy for longer than everything else takes.
 */
export class ChannelInput {
  readonly #reader: RequestReader
  readonly #bytes: ChannelBytes
  #ahead: IncomingRequest | null = null

  constructor(reader: RequestReader, bytes: ChannelBytes) {
    this.#reader = reader
    this.#bytes = bytes
  }

  /** The next request; `null` at the end of input, when it broke off, or when nothing came for `patienceMs`. @throws as the reader. */
  async next(patienceMs: number): Promise<IncomingRequest | null> {
    for (let patient = true; ;) {
      const ready = this.#ahead ?? this.#reader.next()
      this.#ahead = null
      if (ready !== null) return ready
      if (this.#bytes.ended || !patient) {
        this.#reader.end()
        return null
      }
      patient = await this.#more(patienceMs)
    }
  }

  /** Begins to read the next request while the last one is being answered; however long that takes, nobody waits for it yet. */
  readAhead(): void {
    const look = (): void => {
      try {
        this.#ahead ??= this.#reader.next()
      } catch {
        // Told to whoever asks for it.
        return
      }
      if (this.#ahead === null && !this.#bytes.ended) this.#bytes.resume()
    }
    this.#bytes.onBytes = (whole) => {
      if (whole) look()
    }
    look()
  }

  /** `false` when nothing came in time. */
  async #more(patienceMs: number): Promise<boolean> {
    const {promise, resolve} = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(false), patienceMs)
    this.#bytes.onBytes = (whole) => {
      timer.refresh()
      if (whole) resolve(true)
    }
    this.#bytes.resume()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#bytes.onBytes = () => {}
    }
  }
}

/** Standard input: read in place where it is a pipe or a socket, as a stream else. */
export function standardInput(reader: RequestReader): ChannelBytes {
  const stat = fstatSync(0)
  return stat.isFIFO() || stat.isSocket() ? new SocketBytes(0, reader) : new StreamBytes(process.stdin, reader)
}

/** A pipe or socket by its descriptor. */
export class SocketBytes implements ChannelBytes {
  readonly #reader: RequestReader
  readonly #socket: Socket
  readonly #line = Buffer.allocUnsafeSlow(LINE_BYTES)
  #wanted = false
  onBytes: (whole: boolean) => void = () => {}
  ended = false

  constructor(fd: number, reader: RequestReader) {
    this.#reader = reader
    const onread = {
      buffer: () => this.#place(),
      callback: (count: number, buffer: Uint8Array) => this.#take(buffer.subarray(0, count)),
    }
    this.#socket = new Socket({fd, readable: true, writable: false, onread})
    this.#socket.pause()
    for (const event of ['end', 'close', 'error']) this.#socket.on(event, () => this.#end())
  }

  resume(): void {
    this.#wanted = true
    this.#socket.resume()
  }

  #place(): Uint8Array {
    return this.#reader.space() ?? this.#line
  }

  #take(chunk: Uint8Array): boolean {
    // The reader keeps what is not where it asked for it.
    this.#reader.push(chunk.buffer === this.#line.buffer ? Buffer.from(chunk) : chunk)
    if (this.#reader.space() === null) this.#wanted = false
    this.onBytes(!this.#wanted)
    return this.#wanted
  }

  #end(): void {
    this.ended = true
    this.onBytes(true)
  }
}

/** Any stream. */
export class StreamBytes implements ChannelBytes {
  readonly #stream: Readable
  onBytes: (whole: boolean) => void = () => {}

  constructor(stream: Readable, reader: RequestReader) {
    this.#stream = stream
    stream.pause()
    stream.on('data', (chunk: Uint8Array) => {
      reader.push(chunk)
      const whole = reader.space() === null
      if (whole) stream.pause()
      this.onBytes(whole)
    })
    for (const event of ['end', 'close', 'error']) stream.on(event, () => this.onBytes(true))
  }

  get ended(): boolean {
    return this.#stream.readableEnded || this.#stream.destroyed
  }

  resume(): void {
    this.#stream.resume()
  }
}
