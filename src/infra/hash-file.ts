import {createHash} from 'node:crypto'
import {closeSync, fstatSync, openSync, readSync} from 'node:fs'

const CHUNK_BYTES = 1024 * 1024

/** Size and lower-case hex SHA-256 of a file, read once, in chunks: memory does not grow with it. */
export function hashFile(path: string): {readonly bytes: number; readonly sha256: string} {
  const fd = openSync(path, 'r')
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, fstatSync(fd).size)))
    let bytes = 0
    for (;;) {
      const count = readSync(fd, buffer, 0, buffer.length, null)
      if (count === 0) return {bytes, sha256: hash.digest('hex')}
      hash.update(buffer.subarray(0, count))
      bytes += count
    }
  } finally {
    closeSync(fd)
  }
}
