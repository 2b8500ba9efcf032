import {RchError} from '../errors/rch-error.ts'
import type {RequestStream} from '../providers.ts'
import {BodyBuffer} from './body-buffer.ts'
import {ByteQueue} from './byte-queue.ts'
import {contentCheck} from './content-check.ts'
import type {RequestMessage} from './messages.ts'
import {excerpt} from './parse-line.ts'
import {parseRequest} from './parse-message.ts'

export interface IncomingRequest {
  readonly request: RequestMessage
  /** The bytes that followed, complete; `null` when none were announced. */
  readonly body: Uint8Array | null
  /** Why the request must be answered with an error though the next one can still be read: its bytes are not what it says. */
  readonly refusal: RchError | null
}

/**
 * The worker's side: `push` what stdin gives, then take requests with `next` until it answers `null`.
 * Pure and incremental. After a violation every `next` throws the same `protocol_error`: what follows cannot be told apart.
 */
export class RequestReader {
  readonly #queue = new ByteQueue()
  readonly #onHead: ((request: RequestMessage) => void) | undefined
  readonly #memory: ((bytes: number) => Buffer) | undefined
  #head: RequestMessage | null = null
  #body: BodyBuffer | null = null
  /** What the last request's bytes and those before them were read to. */
  #used: [Buffer | null, Buffer | null] = [null, null]
  #broken: unknown = null

  /**
   * @param onHead called once a request's line was read and before its bytes are waited for; what it throws refuses the channel.
   * @param memory where requests' bytes are read to, so many at least; by default each gets memory of its own. What it gives is used again:
   * a request's bytes last until the one after the next is read.
   */
  constructor(options: {readonly onHead?: (request: RequestMessage) => void; readonly memory?: (bytes: number) => Buffer} = {}) {
    this.#onHead = options.onHead
    this.#memory = options.memory
  }

  /** The request whose bytes are still arriving. */
  get pending(): RequestMessage | null {
    return this.#head
  }

  /** Where bytes may be read to directly before they are pushed; `null` where nothing is waited for but a line. */
  space(): Uint8Array | null {
    return this.#body === null || this.#body.isWhole ? null : this.#body.space
  }

  /** The reader keeps `chunk`, unless it lies in what `space` answered. */
  push(chunk: Uint8Array): void {
    const used = this.#body?.take(chunk) ?? 0
    if (used < chunk.length) this.#queue.push(used === 0 ? chunk : chunk.subarray(used))
  }

  next(): IncomingRequest | null {
    if (this.#broken !== null) throw this.#broken
    try {
      return this.#next()
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  /** Call at end of input, when `next` answers `null`. Throws `protocol_error` when a request was cut off. */
  end(): void {
    if (this.#broken !== null) throw this.#broken
    if (this.#head === null && this.#queue.size === 0) return
    const field = this.#head === null ? 'line' : 'stream'
    throw new RchError('protocol_error', `The input ended inside a request's ${field}.`, {
      data: {
        field,
        got: this.#body?.filled ?? this.#queue.size,
        line: this.#head === null ? excerpt(this.#queue.peek(200)) : null,
      },
    })
  }

  #next(): IncomingRequest | null {
    if (this.#head === null) {
      const line = this.#queue.line()
      if (line === null) return null
      const request = parseRequest(line)
      this.#onHead?.(request)
      this.#head = request
      if (request.stream !== null) this.#body = this.#bodyOf(request.stream)
    }
    const request = this.#head
    if (request.stream === null || this.#body === null) {
      this.#head = null
      return {request, body: null, refusal: null}
    }
    if (!this.#body.isWhole) return null
    const {bytes, problem} = this.#body.finish()
    this.#head = null
    this.#body = null
    return {request, body: bytes, refusal: problem}
  }

  #bodyOf(stream: RequestStream): BodyBuffer {
    const length = stream.content_length
    const body = new BodyBuffer(length, contentCheck(stream), this.#placeFor(length))
    const there = this.#queue.bytes(Math.min(length, this.#queue.size))
    if (there !== null && there.length > 0) body.take(there)
    return body
  }

  #placeFor(length: number): Buffer | null {
    if (this.#memory === undefined) return null
    const [last, before] = this.#used
    const place = before !== null && before.length >= length ? before : this.#memory(length)
    this.#used = [place, last]
    return place
  }
}
