import {constants, zstdCompress, zstdCompressSync} from 'node:zlib'
import {promisify} from 'node:util'

const compress = promisify(zstdCompress)

const SAMPLE_BYTES = 64 * 1024
/** Below this the worker would take the chunk for a bomb. */
const MAX_RATIO = 2048
/** What a link is taken to carry until something was sent, in bytes per second: a near one no more than our own encryption can. */
const FIRST_GUESS = {near: 250e6, far: 50e6} as const
const NEAR_MS = 2
/** What zlib hands over at a time; its default of 16 KiB costs a turn of the event loop each. */
const OUTPUT_BYTES = 1024 * 1024
/** How fast a worker unpacks, checks and stores, about; not a property of the link. */
const WORKER_BYTES_PER_SECOND = 300e6
/** After a chunk that is not worth compressing so many at most are not even looked at; one more for each such chunk in a row. */
const MAX_UNSEEN = 3

export interface Encoded {
  readonly compression: 'none' | 'zstd'
  readonly bytes: Uint8Array
}

/**
 * Decides chunk by chunk whether compressing pays: a sample of the chunk tells how far and how fast it shrinks, what was sent
 * so far tells how fast the link is.
 */
export class Compression {
  /** Whether the worker is about as near as this machine itself. */
  readonly near: boolean
  #bytesPerSecond: number
  #secondsPerByte: number | null = null
  #inVain = 0
  #unseen = 0

  /** @param roundTripMs to the worker, the only thing known of the link at first. */
  constructor(roundTripMs: number) {
    this.near = roundTripMs < NEAR_MS
    this.#bytesPerSecond = FIRST_GUESS[this.near ? 'near' : 'far']
  }

  /** Notes how long a chunk took until it was answered. */
  sent(bytes: number, plainBytes: number, seconds: number): void {
    const onTheLine = seconds - plainBytes / WORKER_BYTES_PER_SECOND
    // Small or quick ones tell nothing about the link.
    if (bytes < SAMPLE_BYTES || onTheLine < 0.02) return
    this.#bytesPerSecond = (this.#bytesPerSecond + bytes / onTheLine) / 2
  }

  async encode(plain: Uint8Array): Promise<Encoded> {
    if (plain.length === 0 || !this.#seemsToPay(plain)) return {compression: 'none', bytes: plain}
    const bytes = await compress(plain, {chunkSize: OUTPUT_BYTES, params: {[constants.ZSTD_c_compressionLevel]: this.#level()}})
    const worthwhile = bytes.length < plain.length && plain.length / bytes.length < MAX_RATIO
    return worthwhile ? {compression: 'zstd', bytes} : {compression: 'none', bytes: plain}
  }

  #seemsToPay(plain: Uint8Array): boolean {
    if (this.#unseen > 0) {
      this.#unseen--
      return false
    }
    const pays = this.#pays(plain)
    this.#inVain = pays ? 0 : this.#inVain + 1
    this.#unseen = Math.min(MAX_UNSEEN, Math.max(0, this.#inVain - 1))
    return pays
  }

  #pays(plain: Uint8Array): boolean {
    const start = Math.floor(Math.max(0, plain.length - SAMPLE_BYTES) / 2)
    const sample = plain.subarray(start, start + SAMPLE_BYTES)
    const before = performance.now()
    const size = zstdCompressSync(sample, {params: {[constants.ZSTD_c_compressionLevel]: this.#level()}}).length
    const cost = (performance.now() - before) / 1000 / sample.length
    // The quickest one counts: others were held up by something else.
    this.#secondsPerByte = Math.min(this.#secondsPerByte ?? cost, cost)
    return (1 - size / sample.length) / this.#bytesPerSecond > this.#secondsPerByte
  }

  /** A slow link is worth more of our time. */
  #level(): number {
    return this.#bytesPerSecond < 20e6 ? 3 : 1
  }
}
