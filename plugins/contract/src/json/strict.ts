import {isStrict} from './strict-check.ts'
import {findViolation} from './strict-scan.ts'

export interface JsonLimits {
  /** Largest input in bytes (UTF-8). */
  readonly maxBytes: number
  /** Deepest nesting; a scalar has depth 0, `[]` has 1. */
  readonly maxDepth: number
}

export const DEFAULT_JSON_LIMITS: JsonLimits = {maxBytes: 64 * 1024 * 1024, maxDepth: 64}

export type StrictJsonReason =
  | 'too_large'
  | 'too_deep'
  | 'encoding'
  | 'syntax'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'lone_surrogate'
  | 'number_out_of_range'

/** Why text from outside is not JSON that two readers are sure to read alike. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
  readonly reason: StrictJsonReason
  /** UTF-16 code units from the start of the text; `null` where no place can be named (size, encoding, some syntax). */
  readonly offset: number | null

  constructor(reason: StrictJsonReason, message: string, offset: number | null) {
    super(message)
    this.reason = reason
    this.offset = offset
  }
}

/**
 * Reads JSON that came from outside. Refused beside bad syntax: bytes that are not UTF-8, a byte order mark, a key that
 * stands twice in one object, the keys `__proto__`, `constructor` and `prototype`, lone surrogates, numbers beyond a double
 * and integers beyond 2^53, nesting and size beyond the limits. Throws a StrictJsonError.
 */
export function parseStrictJson(input: Uint8Array | string, limits: Partial<JsonLimits> = {}): unknown {
  const {maxBytes, maxDepth} = {...DEFAULT_JSON_LIMITS, ...limits}
  const text = decode(input, maxBytes)
  // The depth is bounded before the parser runs, so that a hostile text costs no more than its bytes.
  const outline = outlineOf(text)
  if (outline.depth > maxDepth) throw violation(text, maxDepth)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new StrictJsonError('syntax', 'not valid JSON', syntaxOffset(String(error), text))
  }
  if (!isStrict(value, outline.members, text.includes('\\u'))) throw violation(text, maxDepth)
  return value
}

function decode(input: Uint8Array | string, maxBytes: number): string {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length
  if (size > maxBytes) throw new StrictJsonError('too_large', `${size} bytes, allowed are ${maxBytes}`, null)
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  if (text.startsWith('\ufeff')) throw new StrictJsonError('encoding', 'starts with a byte order mark', 0)
  if (typeof input === 'string' && !text.isWellFormed()) throw new StrictJsonError('encoding', 'not valid Unicode', null)
  return text
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw new StrictJsonError('encoding', 'not valid UTF-8', null)
  }
}

/** Nesting and number of members (colons outside strings), without looking at anything else. */
function outlineOf(text: string): {readonly depth: number; readonly members: number} {
  let depth = 0
  let deepest = 0
  let members = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = closingQuote(text, i)
        if (i < 0) return {depth: deepest, members}
        break
      case 0x3a:
        members++
        break
      case 0x5b:
      case 0x7b:
        if (++depth > deepest) deepest = depth
        break
      case 0x5d:
      case 0x7d:
        depth--
        break
      default:
    }
  }
  return {depth: deepest, members}
}

function closingQuote(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end
    while (text.charCodeAt(first - 1) === 0x5c) first--
    // A quote after an odd number of backslashes belongs to the string.
    if ((end - first) % 2 === 0) return end
  }
  return -1
}

/** The parser's own words name a place in longer texts only. */
function syntaxOffset(message: string, text: string): number | null {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  return message.includes('end of JSON') ? text.length : null
}

function violation(text: string, maxDepth: number): StrictJsonError {
  const found = findViolation(text, maxDepth)
  return found === undefined
    ? new StrictJsonError('syntax', 'not valid JSON', null)
    : new StrictJsonError(found.reason, found.message, found.offset)
}
