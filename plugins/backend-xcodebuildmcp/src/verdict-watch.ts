const OVERLAP = 256
/** How xcodebuild says that it came to an end of its own. */
const LAST_WORD = /[\r\n](?:\*\* [A-Z][A-Z -]* (?:SUCCEEDED|FAILED|INTERRUPTED|CANCELLED) \*\*|(?:xcodebuild: )?error: )/

/** Watches a log for xcodebuild's own last word, which one that was killed cannot say. */
export class VerdictWatch {
  #tail = '\n'
  #seen = false
  #bytes = 0

  /** Whether xcodebuild said how it ended. */
  get spoken(): boolean {
    return this.#seen
  }

  /** Whether it said anything. */
  get silent(): boolean {
    return this.#bytes === 0
  }

  add(bytes: Uint8Array): void {
    const text = this.#tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    this.#seen ||= LAST_WORD.test(text)
    this.#bytes += bytes.byteLength
    this.#tail = text.slice(-OVERLAP)
  }
}
