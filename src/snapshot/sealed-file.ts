import {readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {crc32} from 'node:zlib'
import {makeDirectory, writePiecesAtomic} from '../infra/files.ts'

/** Replaces a cache file, sealed by a checksum. A cache: failing to write it costs time later, never correctness. */
export function writeSealed(path: string, pieces: Iterable<string | Uint8Array>): void {
  try {
    makeDirectory(dirname(path))
    writePiecesAtomic(path, sealed(pieces))
  } catch {
    // A full or read-only disk: the next snapshot works it out again.
  }
}

/** What was written, or `undefined` when there is nothing or any of it was damaged. */
export function readSealed(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path)
    const content = bytes.subarray(0, Math.max(0, bytes.length - SEAL_BYTES))
    return bytes.toString('latin1', content.length) === seal(crc32(content)) ? content : undefined
  } catch {
    return undefined
  }
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
