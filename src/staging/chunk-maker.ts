import type {BlobLayout, SourceFile} from '@rch/contract/source'
import type {Compression, Encoded} from './compression.ts'
import {RangeReader} from './read-range.ts'

const MIB = 1024 * 1024
/**
 * Small enough to keep file reading, compression, the line and the worker busy at once; large enough to cost few round trips. Over a near
 * line processes take turns for each chunk of a large content, and what a broken one sent in vain is soon sent again: fewer are better.
 */
const CHUNK_BYTES = {small: 4 * MIB, large: 8 * MIB, largeAndNear: 16 * MIB} as const
/** Contents of this size on average need no memory besides that of the chunks: fewer, larger ones cost fewer requests. */
const LARGE_CONTENT_BYTES = MIB

/** One chunk of a `blobs` stream, ready to send. */
export interface Chunk extends Encoded {
  readonly from: number
  readonly to: number
  /** Says that its bytes are not needed any more. */
  readonly release: () => void
}

/** Makes the chunks of a stream in order, some ahead of being asked for. Memory is bounded by how many are ahead. */
export class ChunkMaker {
  /** The length of every chunk but the last. */
  readonly chunkBytes: number
  readonly #layout: BlobLayout<SourceFile>
  readonly #compression: Compression
  readonly #reader: RangeReader
  readonly #ready: Promise<Chunk>[] = []
  readonly #spare: Buffer[] = []
  /** The chunk that was begun last. The next one waits for it: compressing one at a time outruns every line, and each takes memory. */
  #begun: Promise<unknown> = Promise.resolve()
  #cursor = 0

  constructor(layout: BlobLayout<SourceFile>, locate: (entry: SourceFile) => string, compression: Compression) {
    this.chunkBytes = CHUNK_BYTES[hasLargeContents(layout) ? (compression.near ? 'largeAndNear' : 'large') : 'small']
    this.#layout = layout
    this.#compression = compression
    this.#reader = new RangeReader(layout, locate)
  }

  get layout(): BlobLayout<SourceFile> {
    return this.#layout
  }

  /** The next chunk, or `null` after the last one. Rejects when a file is no longer what the manifest says. */
  next(): Promise<Chunk> | null {
    return this.#ready.shift() ?? this.#make()
  }

  /** Begins to make chunks until `count` are waiting. */
  prepare(count: number): void {
    while (this.#ready.length < count) {
      const chunk = this.#make()
      if (chunk === null) return
      // It is awaited when it is its turn, or never.
      chunk.catch(() => {})
      this.#ready.push(chunk)
    }
  }

  /** Goes on from another offset; what was made ahead is dropped. */
  restart(offset: number): void {
    this.#ready.length = 0
    this.#cursor = offset
  }

  close(): void {
    this.#ready.length = 0
    this.#reader.close()
  }

  #make(): Promise<Chunk> | null {
    const {total} = this.#layout
    if (this.#cursor >= total) return null
    const from = this.#cursor
    const to = Math.min(total, from + this.chunkBytes)
    this.#cursor = to
    const chunk = this.#begun.then(() => this.#encode(from, to))
    this.#begun = chunk.catch(() => {})
    return chunk
  }

  async #encode(from: number, to: number): Promise<Chunk> {
    const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.chunkBytes)
    const plain = buffer.subarray(0, to - from)
    this.#reader.read(from, plain)
    const encoded = await this.#compression.encode(plain)
    // Fresh memory for every chunk would cost as much as reading the files does.
    const release = (): void => void this.#spare.push(buffer)
    if (encoded.bytes !== plain) release()
    return {from, to, ...encoded, release: encoded.bytes === plain ? release : () => {}}
  }
}

/** Whether the contents of a stream are large on average, so that moving them is most of what they cost. */
export function hasLargeContents({total, blobs}: BlobLayout<SourceFile>): boolean {
  return total >= blobs.length * LARGE_CONTENT_BYTES
}
