import {createHash, type Hash} from 'node:crypto'

/** The bytes that a line announced, gathered in one piece and hashed as they come. */
export class BodyBuffer {
  readonly #bytes: Buffer
  readonly #hash: Hash | null
  #filled = 0

  /**
   * @param options.reuse taken instead of new memory where it is large enough; nothing may need what it held.
   * @param options.hashed `false` where nobody asks for the digest.
   */
  constructor(length: number, {reuse = null, hashed = true}: {readonly reuse?: Buffer | null; readonly hashed?: boolean} = {}) {
    this.#hash = hashed ? createHash('sha256') : null
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
    this.#hash?.update(place)
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
  finish(): {readonly bytes: Uint8Array; readonly sha256: string | null} {
    return {bytes: this.#bytes, sha256: this.#hash?.digest('hex') ?? null}
  }
}
