import type {Readable} from 'node:stream'

/** What a channel's caller sends, piece by piece, for one reader. Its listeners stay: a large upload comes in tens of thousands of pieces. */
export class ChannelInput {
  readonly #stream: Readable
  #wake = (): void => {}

  constructor(stream: Readable) {
    this.#stream = stream
    for (const event of ['readable', 'end', 'close', 'error']) stream.on(event, () => this.#wake())
  }

  /** The next piece; `null` at the end of input, when it broke off, or when nothing came for `patienceMs`. */
  async next(patienceMs: number): Promise<Buffer | null> {
    const chunk = this.#take()
    if (chunk !== undefined) return chunk
    const {promise, resolve} = Promise.withResolvers<Buffer | null>()
    const timer = setTimeout(() => resolve(null), patienceMs)
    this.#wake = () => {
      const arrived = this.#take()
      if (arrived !== undefined) resolve(arrived)
    }
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#wake = () => {}
    }
  }

  /** What is there: a piece, the end, or `undefined` for nothing yet. */
  #take(): Buffer | null | undefined {
    const chunk: unknown = this.#stream.read()
    if (Buffer.isBuffer(chunk)) return chunk
    return this.#stream.readableEnded || this.#stream.destroyed ? null : undefined
  }
}
