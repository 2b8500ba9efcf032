import {RchError} from '../errors/rch-error.ts'
import {parseStrictJson} from '../json/strict.ts'
import {MAX_LINE_BYTES} from './limits.ts'

/** One line's bytes (without `\n`) as JSON, strictly: UTF-8, no byte order mark, no duplicate keys. Throws `protocol_error`. */
export function parseLine(line: Uint8Array): unknown {
  try {
    return parseStrictJson(line, {maxBytes: MAX_LINE_BYTES})
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new RchError('protocol_error', `A line is not strict JSON: ${problem}`, {
      data: {field: 'line', line: excerpt(line)},
      cause: error,
    })
  }
}

/** The first bytes of something unexpected as printable ASCII: `\xNN` and `\n` for the rest, `…` when cut. */
export function excerpt(bytes: Uint8Array, limit = 200): string {
  let text = ''
  for (const byte of bytes.subarray(0, limit)) {
    if (byte === 0x0a) text += '\\n'
    else if (byte === 0x5c) text += '\\\\'
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte)
    else text += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return bytes.length > limit ? `${text}…` : text
}
