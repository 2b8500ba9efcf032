import {RchError} from '../errors/rch-error.ts'
import type {RequestStream} from '../providers.ts'
import {MAX_CHUNK_BYTES} from './limits.ts'
import type {EventMessage, RequestMessage, ResponseMessage} from './messages.ts'
import {parseLine} from './parse-line.ts'
import {STREAM_FORMATS} from './verbs.ts'

const STREAM_FIELDS = ['format', 'compression', 'content_length', 'content_sha256', 'upload_id', 'offset', 'last']

/** A request line. Throws `protocol_error` naming the field. */
export function parseRequest(line: Uint8Array): RequestMessage {
  const message = asObject(parseLine(line), 'line')
  onlyFields(message, ['protocol_version', 'op', 'request_id', 'payload'])
  const payload = asObject(message['payload'], 'payload')
  return {
    protocol_version: asCount(message['protocol_version'], 'protocol_version'),
    op: asText(message['op'], 'op'),
    request_id: asRequestId(message['request_id']),
    payload,
    stream: asStream(payload['stream'], 'request'),
  }
}

/** A line of an answer: an event, or the response. Throws `protocol_error` naming the field. */
export function parseAnswerLine(
  line: Uint8Array,
): {readonly event: EventMessage; readonly response: null} | {readonly event: null; readonly response: ResponseMessage} {
  const message = asObject(parseLine(line), 'line')
  if (!Object.hasOwn(message, 'ok')) {
    asText(message['type'], 'type')
    return {event: message, response: null}
  }
  return {event: null, response: asResponse(message)}
}

function asResponse(message: Readonly<Record<string, unknown>>): ResponseMessage {
  const protocol_version = asCount(message['protocol_version'], 'protocol_version')
  if (message['ok'] === true) {
    onlyFields(message, ['protocol_version', 'request_id', 'ok', 'payload'])
    const payload = asObject(message['payload'], 'payload')
    return {
      ok: true,
      protocol_version,
      request_id: asRequestId(message['request_id']),
      payload,
      stream: asStream(payload['stream'], 'answer'),
    }
  }
  if (message['ok'] !== false) throw violation('ok', message['ok'], 'true or false')
  onlyFields(message, ['protocol_version', 'request_id', 'ok', 'error'])
  const error = asObject(message['error'], 'error')
  const retryable = error['retryable']
  if (typeof retryable !== 'boolean') throw violation('error.retryable', retryable, 'true or false')
  return {
    ok: false,
    protocol_version,
    request_id: message['request_id'] === null ? null : asRequestId(message['request_id']),
    error: {
      code: asText(error['code'], 'error.code'),
      error_code: asText(error['error_code'], 'error.error_code'),
      message: asText(error['message'], 'error.message'),
      retryable,
      hint: asText(error['hint'], 'error.hint', 0),
      data: asObject(error['data'], 'error.data'),
    },
  }
}

function asStream(value: unknown, side: 'request' | 'answer'): RequestStream | null {
  if (value === undefined || value === null) return null
  const stream = asObject(value, 'payload.stream')
  onlyFields(stream, STREAM_FIELDS, 'payload.stream.')
  const format = STREAM_FORMATS.find((known) => known === stream['format'])
  if (format === undefined) throw violation('payload.stream.format', stream['format'], STREAM_FORMATS.join(', '))
  const compression = stream['compression']
  if (compression !== 'none' && compression !== 'zstd') throw violation('payload.stream.compression', compression, 'none, zstd')
  const content_length = asCount(stream['content_length'], 'payload.stream.content_length')
  if (content_length > MAX_CHUNK_BYTES) {
    throw new RchError(
      'protocol_error',
      `payload.stream.content_length is ${content_length}; a chunk holds at most ${MAX_CHUNK_BYTES} bytes.`,
      {
        data: {field: 'payload.stream.content_length', limit_name: 'chunk', limit: MAX_CHUNK_BYTES, got: content_length},
      },
    )
  }
  return {
    format,
    compression,
    content_length,
    ...asContentDigest(stream, side === 'request' && format === 'blobs'),
    ...(stream['upload_id'] === undefined ? {} : {upload_id: asText(stream['upload_id'], 'payload.stream.upload_id')}),
    ...(stream['offset'] === undefined ? {} : {offset: asCount(stream['offset'], 'payload.stream.offset')}),
    ...(stream['last'] === undefined ? {} : {last: asBoolean(stream['last'], 'payload.stream.last')}),
  }
}

/** Only what has digests inside, which are checked before anything is used, may be without one. */
function asContentDigest(stream: Readonly<Record<string, unknown>>, mayBeAbsent: boolean): {readonly content_sha256?: string} {
  const content_sha256 = stream['content_sha256']
  if (content_sha256 === undefined && mayBeAbsent) return {}
  return {content_sha256: asHex(content_sha256, 'payload.stream.content_sha256', 64)}
}

function asObject(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw violation(field, value, 'an object')
  return value
}

function asText(value: unknown, field: string, least = 1): string {
  if (typeof value !== 'string' || value.length < least) throw violation(field, value, 'text')
  return value
}

function asHex(value: unknown, field: string, digits: number): string {
  const hex = asText(value, field)
  if (hex.length !== digits || !/^[0-9a-f]+$/.test(hex)) throw violation(field, hex, `${digits} lower-case hex digits`)
  return hex
}

function asBoolean(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw violation(field, value, 'true or false')
  return value
}

function asCount(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw violation(field, value, 'an integer from 0')
  return value
}

function asRequestId(value: unknown): string {
  const id = asText(value, 'request_id')
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw violation('request_id', id, 'at most 64 letters, digits, - or _')
  return id
}

function onlyFields(message: Readonly<Record<string, unknown>>, known: readonly string[], prefix = ''): void {
  for (const field of Object.keys(message)) {
    if (!known.includes(field)) throw violation(`${prefix}${field}`, message[field], `one of ${known.join(', ')} only`)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function violation(field: string, got: unknown, expected: string): RchError {
  const shown = (JSON.stringify(got) ?? 'nothing').slice(0, 80)
  return new RchError('protocol_error', `${field} is ${shown}; expected ${expected}.`, {data: {field, got: shown, expected}})
}
