import {excerpt} from '../protocol/parse-line.ts'

/** Keeps the last bytes of a stream, for a message that explains what happened. */
export class TailBuffer {
  readonly #limit: number
  #bytes: Buffer = Buffer.alloc(0)

  constructor(limit = 2048) {
    this.#limit = limit
  }

  push(chunk: Uint8Array): void {
    const joined = Buffer.concat([this.#bytes, chunk])
    this.#bytes = joined.subarray(Math.max(0, joined.length - this.#limit))
  }

  /** As text, for recognising what a program said. */
  text(): string {
    return this.#bytes.toString('utf8')
  }

  /** As one printable line. */
  shown(): string {
    return excerpt(Buffer.from(this.text().trim()), 400)
  }
}
