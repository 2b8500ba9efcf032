import {RchError} from '../errors/rch-error.ts'
import {MAX_LINE_BYTES} from './limits.ts'

/** Bytes in, lines and counted runs of bytes out, however they were cut; linear in what was pushed. */
export class ByteQueue {
  #chunks: Uint8Array[] = []
  #size = 0
  /** Bytes of `#chunks` known to hold no `\n`. */
  #searched = 0

  get size(): number {
    return this.#size
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** The next line without its `\n`, or `null` until it is whole. Throws `protocol_error` beyond 1 MiB, as soon as that is known. */
  line(): Uint8Array | null {
    const end = this.#findNewline()
    if ((end ?? this.#size) > MAX_LINE_BYTES) {
      throw new RchError('protocol_error', `A line is longer than ${MAX_LINE_BYTES} bytes.`, {
        data: {field: 'line', limit_name: 'line', limit: MAX_LINE_BYTES, got: end ?? this.#size},
      })
    }
    if (end === null) return null
    const line = this.#shift(end + 1)
    return line.subarray(0, end)
  }

  /** Exactly `count` bytes, or `null` until they are there. */
  bytes(count: number): Uint8Array | null {
    return this.#size < count ? null : this.#shift(count)
  }

  /** What has arrived and was not taken, up to `limit` bytes. */
  peek(limit: number): Uint8Array {
    return Buffer.concat(this.#chunks, Math.min(limit, this.#size))
  }

  #findNewline(): number | null {
    let position = 0
    for (const chunk of this.#chunks) {
      if (position + chunk.length > this.#searched) {
        const at = chunk.indexOf(0x0a, Math.max(0, this.#searched - position))
        if (at >= 0) return position + at
      }
      position += chunk.length
    }
    this.#searched = position
    return null
  }

  #shift(count: number): Uint8Array {
    this.#size -= count
    this.#searched = 0
    const taken: Uint8Array[] = []
    let missing = count
    let used = 0
    while (missing > 0) {
      const chunk = this.#chunks[used]!
      if (chunk.length <= missing) {
        taken.push(chunk)
        missing -= chunk.length
        used += 1
      } else {
        taken.push(chunk.subarray(0, missing))
        this.#chunks[used] = chunk.subarray(missing)
        missing = 0
      }
    }
    this.#chunks.splice(0, used)
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken, count)
  }
}
