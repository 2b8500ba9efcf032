/** What precedes a blob's content in a `blobs` stream: its digest, then its length as an unsigned 64-bit big-endian number. */
export const BLOB_HEADER_BYTES = 40

export interface BlobRef {
  /** Lower-case hex. */
  readonly sha256: string
  readonly bytes: number
}

export function blobHeader(blob: BlobRef): Uint8Array {
  const header = Buffer.allocUnsafe(BLOB_HEADER_BYTES)
  header.write(blob.sha256, 'hex')
  header.writeBigUInt64BE(BigInt(blob.bytes), 32)
  return header
}

/** A stretch of one blob inside a range of the stream; `from` and `to` count from the start of the header or content. */
export interface BlobSection {
  readonly index: number
  readonly part: 'header' | 'content'
  readonly from: number
  readonly to: number
  /** Where it lies in the stream. */
  readonly at: number
}

/**
 * Where everything of a `blobs` stream lies. Both sides derive it from the manifest and the bitmap, so any range of the
 * stream can be made, checked and stored without the ranges before it.
 */
export class BlobLayout<B extends BlobRef = BlobRef> {
  readonly blobs: readonly B[]
  /** Length of the whole stream in bytes. */
  readonly total: number
  readonly #starts: Float64Array

  constructor(blobs: readonly B[]) {
    this.blobs = blobs
    this.#starts = new Float64Array(blobs.length)
    let offset = 0
    for (const [index, blob] of blobs.entries()) {
      this.#starts[index] = offset
      offset += BLOB_HEADER_BYTES + blob.bytes
    }
    this.total = offset
  }

  /** Where blob `index` (its header) starts. */
  start(index: number): number {
    return this.#starts[index] ?? this.total
  }

  /** Where blob `index` ends: the start of the next one. */
  end(index: number): number {
    return this.start(index + 1)
  }

  /** The blob whose header or content holds the byte at `offset`. */
  indexAt(offset: number): number {
    let low = 0
    let high = this.blobs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The sections of `[from, to)`, in order, without gaps; empty contents have none. */
  *sections(from: number, to: number): Generator<BlobSection> {
    if (from >= to || this.blobs.length === 0) return
    for (let index = this.indexAt(from); index < this.blobs.length && this.start(index) < to; index++) {
      const start = this.start(index)
      const content = start + BLOB_HEADER_BYTES
      if (from < content) {
        const at = Math.max(from, start)
        yield {index, part: 'header', from: at - start, to: Math.min(to, content) - start, at}
      }
      const at = Math.max(from, content)
      const end = Math.min(to, this.end(index))
      if (at < end) yield {index, part: 'content', from: at - content, to: end - content, at}
    }
  }
}
