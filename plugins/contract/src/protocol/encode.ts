import {RchError} from '../errors/rch-error.ts'
import {sha256} from '../identity/hash.ts'
import type {RequestStream, WireError} from '../providers.ts'
import {MAX_CHUNK_BYTES, MAX_LINE_BYTES} from './limits.ts'
import type {StreamFormat} from './verbs.ts'

type Payload = Readonly<Record<string, unknown>>

/** What to write, in order: the line with its `\n`, then the bytes it announces. */
export type Frames = readonly Uint8Array[]

/** @throws RchError `payload_too_large` when the line or the bytes break a limit; `internal_error` when stream and bytes disagree. */
export function encodeRequest(
  request: {readonly protocol_version: number; readonly op: string; readonly request_id: string; readonly payload: Payload},
  body?: Uint8Array,
): Frames {
  const {protocol_version, op, request_id, payload} = request
  return frames({protocol_version, op, request_id, payload}, payload, body)
}

/** @throws as `encodeRequest`. */
export function encodeResponse(
  answer: {readonly protocol_version: number; readonly request_id: string; readonly payload: Payload},
  body?: Uint8Array,
): Frames {
  const {protocol_version, request_id, payload} = answer
  return frames({protocol_version, request_id, ok: true, payload}, payload, body)
}

/** @param answer.request_id `null` when the request could not be read. */
export function encodeError(answer: {
  readonly protocol_version: number
  readonly request_id: string | null
  readonly error: WireError
}): Uint8Array {
  const {protocol_version, request_id, error} = answer
  const bytes = encodeLine({protocol_version, request_id, ok: false, error})
  if (bytes.length <= MAX_LINE_BYTES) return bytes
  return encodeLine({protocol_version, request_id, ok: false, error: {...error, message: error.message.slice(0, 2000), data: {}}})
}

/** An event, or anything else that stands on a line of its own, with its `\n`. */
export function encodeLine(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8')
}

/** The `payload.stream` for bytes as they will be sent. */
export function describeStream(
  format: StreamFormat,
  body: Uint8Array,
  more: {
    readonly compression?: 'none' | 'zstd'
    readonly upload_id?: string
    readonly offset?: number
    readonly last?: boolean
  } = {},
): RequestStream {
  return {format, compression: 'none', content_length: body.length, content_sha256: sha256(body), ...more}
}

function frames(message: Payload, payload: Payload, body: Uint8Array | undefined): Frames {
  const announced = announcedLength(payload)
  const length = body?.length ?? 0
  if (announced !== length) {
    throw new RchError('internal_error', `payload.stream announces ${announced} bytes, ${length} were given.`)
  }
  limit('chunk', length, MAX_CHUNK_BYTES)
  const line = encodeLine(message)
  limit('line', line.length - 1, MAX_LINE_BYTES)
  return body === undefined || length === 0 ? [line] : [line, body]
}

function announcedLength(payload: Payload): number {
  const stream = payload['stream']
  if (typeof stream !== 'object' || stream === null || !('content_length' in stream)) return 0
  return typeof stream.content_length === 'number' ? stream.content_length : 0
}

function limit(limit_name: string, got: number, limit: number): void {
  if (got > limit) throw new RchError('payload_too_large', undefined, {data: {limit_name, limit, got}})
}
