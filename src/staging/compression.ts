import {constants, zstdCompress, zstdCompressSync} from 'node:zlib'
import {promisify} from 'node:util'

const compress = promisify(zstdCompress)

const SAMPLE_BYTES = 128 * 1024
/** Below this the worker would take the chunk for a bomb. */
const MAX_RATIO = 2048
/** What a link is taken to carry until something was sent, in bytes per second. */
const FIRST_GUESS = 100e6

/**
 * Decides chunk by chunk whether compressing pays: a sample of the chunk tells how far and how fast it shrinks, what was sent
 * so far tells how fast the link is.
 */
export class Compression {
  #sentBytes = 0
  #sentSeconds = 0

  /** Notes what a send took. */
  sent(bytes: number, seconds: number): void {
    // Old sends count half each time: a link's speed changes.
    this.#sentBytes = this.#sentBytes / 2 + bytes
    this.#sentSeconds = this.#sentSeconds / 2 + seconds
  }

  async encode(plain: Uint8Array): Promise<{readonly compression: 'none' | 'zstd'; readonly bytes: Uint8Array}> {
    if (plain.length === 0 || !this.#pays(plain)) return {compression: 'none', bytes: plain}
    const bytes = await compress(plain, {params: {[constants.ZSTD_c_compressionLevel]: this.#level()}})
    return bytes.length < plain.length && plain.length / bytes.length < MAX_RATIO
      ? {compression: 'zstd', bytes}
      : {compression: 'none', bytes: plain}
  }

  #pays(plain: Uint8Array): boolean {
    const start = Math.floor(Math.max(0, plain.length - SAMPLE_BYTES) / 2)
    const sample = plain.subarray(start, start + SAMPLE_BYTES)
    const before = performance.now()
    const size = zstdCompressSync(sample, {params: {[constants.ZSTD_c_compressionLevel]: this.#level()}}).length
    const secondsPerByte = (performance.now() - before) / 1000 / sample.length
    const saved = (1 - size / sample.length) / this.#bytesPerSecond()
    return saved > secondsPerByte
  }

  /** A slow link is worth more of our time. */
  #level(): number {
    return this.#bytesPerSecond() < 20e6 ? 3 : 1
  }

  #bytesPerSecond(): number {
    return this.#sentSeconds === 0 ? FIRST_GUESS : this.#sentBytes / this.#sentSeconds
  }
}
