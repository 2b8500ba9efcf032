import type {RchError} from '../errors/rch-error.ts'
import type {ContentCheck} from './content-check.ts'

/** The bytes that a line announced, gathered in one piece and checked as they come. */
export class BodyBuffer {
  readonly #bytes: Buffer
  readonly #check: ContentCheck | null
  #filled = 0

  /**
   * @param check `null` where nobody asks whether they are what was announced.
   * @param reuse taken instead of new memory where it is large enough; nothing may need what it held.
   */
  constructor(length: number, check: ContentCheck | null, reuse: Buffer | null = null) {
    this.#check = check
    this.#bytes = reuse !== null && reuse.length >= length ? reuse.subarray(0, length) : Buffer.allocUnsafeSlow(length)
  }

  /** Where the next bytes may be put before `take` is told of them, which saves copying them. */
  get space(): Uint8Array {
    return this.#bytes.subarray(this.#filled)
  }

  /** Takes what belongs to it and answers how much that was. */
  take(chunk: Uint8Array): number {
    const count = Math.min(chunk.length, this.#bytes.length - this.#filled)
    const place = this.#bytes.subarray(this.#filled, this.#filled + count)
    const isThere = chunk.buffer === place.buffer && chunk.byteOffset === place.byteOffset
    if (!isThere) place.set(count === chunk.length ? chunk : chunk.subarray(0, count))
    this.#check?.update(place)
    this.#filled += count
    return count
  }

  get isWhole(): boolean {
    return this.#filled === this.#bytes.length
  }

  get filled(): number {
    return this.#filled
  }

  /** Once, when it is whole. */
  finish(): {readonly bytes: Uint8Array; readonly problem: RchError | null} {
    return {bytes: this.#bytes, problem: this.#check?.problem() ?? null}
  }
}
