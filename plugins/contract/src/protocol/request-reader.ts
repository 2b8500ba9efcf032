import {RchError} from '../errors/rch-error.ts'
import {sha256} from '../identity/hash.ts'
import type {RequestStream} from '../providers.ts'
import {ByteQueue} from './byte-queue.ts'
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
  #head: RequestMessage | null = null
  #broken: unknown = null

  /** @param onHead called once a request's line was read and before its bytes are waited for; what it throws refuses the channel. */
  constructor(options: {readonly onHead?: (request: RequestMessage) => void} = {}) {
    this.#onHead = options.onHead
  }

  /** The request whose bytes are still arriving. */
  get pending(): RequestMessage | null {
    return this.#head
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk)
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
      data: {field, got: this.#queue.size, line: this.#head === null ? excerpt(this.#queue.peek(200)) : null},
    })
  }

  #next(): IncomingRequest | null {
    if (this.#head === null) {
      const line = this.#queue.line()
      if (line === null) return null
      const request = parseRequest(line)
      this.#onHead?.(request)
      this.#head = request
    }
    const request = this.#head
    const body = request.stream === null ? null : this.#queue.bytes(request.stream.content_length)
    if (request.stream !== null && body === null) return null
    this.#head = null
    return {request, body, refusal: body === null || request.stream === null ? null : digestProblem(request.stream, body)}
  }
}

/** `protocol_error` when the bytes do not have the digest that was announced for them. */
export function digestProblem(stream: RequestStream, body: Uint8Array): RchError | null {
  const got = sha256(body)
  if (got === stream.content_sha256) return null
  return new RchError(
    'protocol_error',
    `The ${stream.content_length} bytes that followed hash to ${got}, announced was ${stream.content_sha256}.`,
    {
      data: {field: 'payload.stream.content_sha256', got, expected: stream.content_sha256},
    },
  )
}
