import {RchError} from '../errors/rch-error.ts'
import type {RequestStream, VerbResponse} from '../providers.ts'
import {BodyBuffer} from './body-buffer.ts'
import {ByteQueue} from './byte-queue.ts'
import {contentCheck} from './content-check.ts'
import type {EventMessage, ResponseMessage} from './messages.ts'
import {excerpt} from './parse-line.ts'
import {parseAnswerLine} from './parse-message.ts'
import {errorFromWire} from './wire-error.ts'

/** One answer, whole and checked. */
export type Answer =
  | {readonly ok: true; readonly response: VerbResponse}
  /** `requestRead` is false when the worker could not say which request it refuses: it refuses the channel. */
  | {readonly ok: false; readonly error: RchError; readonly requestRead: boolean}

export interface AnswerReaderOptions {
  /** The request that is being answered; another id is a violation. */
  readonly requestId: string
  /** Event lines before the response, in order. */
  readonly onEvent?: (event: EventMessage, line: string) => void
  /** False inside a session once something was answered there: then stray bytes are a violation, not a shell's greeting. */
  readonly first?: boolean
  /** Takes bytes after the answer; `false`, as when it is absent, says that none may come. */
  readonly onRest?: (rest: Uint8Array) => boolean
  /** The digest of the bytes as a whole is not looked at: whoever asked checks what they hold. */
  readonly unhashed?: boolean
}

/**
 * The host's side of one answer. `push` returns it once it is whole, `null` before. Throws `unexpected_output` when the first
 * byte is not ours, `protocol_error` for every other violation, and nothing else, whatever the bytes are.
 */
export class AnswerReader {
  readonly #queue = new ByteQueue()
  readonly #options: AnswerReaderOptions
  #started: boolean
  #received = 0
  #response: (ResponseMessage & {readonly ok: true}) | null = null
  #body: BodyBuffer | null = null
  #answer: Answer | null = null
  #broken: unknown = null

  constructor(options: AnswerReaderOptions) {
    this.#options = options
    this.#started = options.first === false
  }

  /** Bytes of this answer seen so far; 0 means that the worker said nothing at all. */
  get received(): number {
    return this.#received
  }

  push(chunk: Uint8Array): Answer | null {
    if (this.#broken !== null) throw this.#broken
    try {
      this.#received += chunk.length
      const used = this.#body?.take(chunk) ?? 0
      if (used < chunk.length) this.#queue.push(used === 0 ? chunk : chunk.subarray(used))
      return this.#advance()
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  #advance(): Answer | null {
    this.#checkFirstByte()
    while (this.#answer === null) {
      if (this.#response === null) {
        const line = this.#queue.line()
        if (line === null) return null
        this.#readLine(line)
      } else if (!this.#readBody(this.#response)) return null
    }
    if (this.#queue.size > 0 && !this.#handOn()) {
      throw new RchError('protocol_error', 'Bytes came after the answer was complete.', {
        data: {field: 'trailing', line: excerpt(this.#queue.peek(200))},
      })
    }
    return this.#answer
  }

  #handOn(): boolean {
    return this.#options.onRest?.(this.#queue.peek(this.#queue.size)) === true
  }

  #checkFirstByte(): void {
    if (this.#started || this.#queue.size === 0) return
    const head = this.#queue.peek(201)
    if (head[0] !== 0x7b) throw new RchError('unexpected_output', undefined, {data: {text: excerpt(head)}})
    this.#started = true
  }

  #readLine(line: Uint8Array): void {
    const {event, response} = parseAnswerLine(line)
    if (response === null) {
      this.#options.onEvent?.(event, new TextDecoder().decode(line))
      return
    }
    const {requestId} = this.#options
    if (response.request_id !== requestId && !(response.request_id === null && !response.ok)) {
      throw new RchError('protocol_error', `The answer is for request ${response.request_id}, asked was ${requestId}.`, {
        data: {field: 'request_id', got: response.request_id, expected: requestId},
      })
    }
    if (!response.ok) this.#answer = {ok: false, error: errorFromWire(response.error), requestRead: response.request_id !== null}
    else if (response.stream === null) this.#answer = {ok: true, response: {payload: response.payload, body: null}}
    else this.#response = response
  }

  #readBody(response: ResponseMessage & {readonly ok: true}): boolean {
    if (response.stream === null) return false
    this.#body ??= this.#bodyOf(response.stream)
    if (!this.#body.isWhole) return false
    const {bytes, problem} = this.#body.finish()
    if (problem !== null) throw problem
    this.#answer = {ok: true, response: {payload: response.payload, body: bytes}}
    return true
  }

  #bodyOf(stream: RequestStream): BodyBuffer {
    const body = new BodyBuffer(stream.content_length, this.#options.unhashed === true ? null : contentCheck(stream))
    const there = this.#queue.bytes(Math.min(stream.content_length, this.#queue.size))
    if (there !== null && there.length > 0) body.take(there)
    return body
  }
}
