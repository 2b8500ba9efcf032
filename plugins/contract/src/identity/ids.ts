import {randomBytes} from 'node:crypto'

/** What an identifier looks like wherever it meets a path. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9_-]{9,63}$/
export const RUN_ID = /^[0-9a-f]{64}$/
export const SHA256 = /^[0-9a-f]{64}$/

/** A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random; sorts by time of making. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
