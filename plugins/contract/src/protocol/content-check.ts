import {createHash} from 'node:crypto'
import {RchError} from '../errors/rch-error.ts'
import type {RequestStream} from '../providers.ts'

/** Compares bytes, as they come, with what was announced of them. */
export interface ContentCheck {
  update(bytes: Uint8Array): void
  /** Once, after the last byte: `protocol_error` when they are not what was announced. */
  problem(): RchError | null
}

/** The check that a stream, read by `parseRequest` or `parseAnswerLine`, asks for; `null` when it announces no digest. */
export function contentCheck({content_length, content_sha256: expected}: RequestStream): ContentCheck | null {
  if (expected === undefined) return null
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    problem: () => {
      const got = hash.digest('hex')
      if (got === expected) return null
      const message = `The ${content_length} bytes that followed have content_sha256 ${got}, announced was ${expected}.`
      return new RchError('protocol_error', message, {data: {field: 'payload.stream.content_sha256', got, expected}})
    },
  }
}
