import {createHash} from 'node:crypto'
import {writeAll} from './blob-files.ts'

/** What a core keeps at hand: hashed, it is written from there and not fetched from memory again. */
const SLICE_BYTES = 256 * 1024

/** Writes a content that comes in order to a file, and hashes it on the way. */
export class PartHasher {
  readonly #fd: number
  readonly #digest = createHash('sha256')
  #position = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  /** The next piece. Throws what the system says when it cannot be written; then the rest is of no use. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES)
      this.#digest.update(slice)
      writeAll(this.#fd, slice, this.#position)
      this.#position += slice.length
    }
  }

  /** SHA-256 of all that was taken, in hex. Once. */
  digest(): string {
    return this.#digest.digest('hex')
  }
}
