import {createHash} from 'node:crypto'
import {crc32} from 'node:zlib'
import {RchError} from '../errors/rch-error.ts'
import type {RequestStream} from '../providers.ts'

/** Compares bytes, as they come, with what was announced of them. */
export interface ContentCheck {
  update(bytes: Uint8Array): void
  /** Once, after the last byte: `protocol_error` when they are not what was announced. */
  problem(): RchError | null
}

/** The check that a stream, read by `parseRequest` or `parseAnswerLine`, asks for. */
export function contentCheck(stream: RequestStream): ContentCheck {
  const {content_sha256, content_crc32} = stream
  if (content_crc32 !== undefined) {
    let sum = 0
    return {
      update: (bytes) => void (sum = crc32(bytes, sum)),
      problem: () => difference(stream, 'content_crc32', asHex(sum), content_crc32),
    }
  }
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    problem: () => difference(stream, 'content_sha256', hash.digest('hex'), content_sha256 ?? ''),
  }
}

/** CRC-32 (ISO 3309, zlib's) in 8 lower-case hex digits. */
export function crc32Hex(bytes: Uint8Array): string {
  return asHex(crc32(bytes))
}

function asHex(sum: number): string {
  return sum.toString(16).padStart(8, '0')
}

function difference(stream: RequestStream, field: string, got: string, expected: string): RchError | null {
  if (got === expected) return null
  return new RchError(
    'protocol_error',
    `The ${stream.content_length} bytes that followed have ${field} ${got}, announced was ${expected}.`,
    {
      data: {field: `payload.stream.${field}`, got, expected},
    },
  )
}
