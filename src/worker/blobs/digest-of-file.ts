import {closeSync, openSync} from 'node:fs'
import {createHash} from 'node:crypto'
import {Breather} from '../platform/breather.ts'
import {readExactly, readInto} from './pack-file.ts'

/** How much of a large file is in memory at a time. */
export const SLICE_BYTES = 1024 * 1024

/** The digest of a file, or `null` when it has another size. Memory is flat; other work gets its turn. */
export async function digestOfFile(path: string, bytes: number): Promise<string | null> {
  const fd = openSync(path, 'r')
  try {
    const digest = createHash('sha256')
    const breather = new Breather()
    const buffer = Buffer.allocUnsafe(Math.min(SLICE_BYTES, bytes))
    for (let offset = 0; offset < bytes; offset += SLICE_BYTES) {
      const slice = buffer.subarray(0, Math.min(SLICE_BYTES, bytes - offset))
      if (!readInto(fd, offset, slice)) return null
      digest.update(slice)
      await breather.pause()
    }
    return readExactly(fd, bytes, 1) === null ? digest.digest('hex') : null
  } finally {
    closeSync(fd)
  }
}
