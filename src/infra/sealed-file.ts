import {crc32} from 'node:zlib'
import {readIfThere, writePiecesAtomic} from './files.ts'

/** Replaces a file whole, with a checksum at its end: for what we keep for ourselves and believe without another check. */
export function writeSealed(path: string, pieces: Iterable<string | Uint8Array>): void {
  writePiecesAtomic(path, sealed(pieces))
}

/** What was written, or `undefined` when there is nothing or any of it was damaged. Other failures are thrown. */
export function readSealed(path: string): Buffer | undefined {
  const bytes = readIfThere(path)
  if (bytes === undefined) return undefined
  const content = bytes.subarray(0, Math.max(0, bytes.length - SEAL_BYTES))
  return bytes.toString('latin1', content.length) === seal(crc32(content)) ? content : undefined
}

function* sealed(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array, void, undefined> {
  let sum = 0
  for (const piece of pieces) {
    sum = crc32(piece, sum)
    yield piece
  }
  yield seal(sum)
}

function seal(sum: number): string {
  return `\n${sum.toString(16).padStart(8, '0')}\n`
}

const SEAL_BYTES = 10
