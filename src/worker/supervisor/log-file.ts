import {closeSync, fsyncSync, openSync, writeSync} from 'node:fs'

/** `build.log`: every byte of the backend's output as it came, up to the quota; then one line that says so. */
export class LogFile {
  readonly #fd: number
  readonly #limit: number
  #bytes = 0
  #seen = 0

  constructor(file: string, limit: number) {
    this.#fd = openSync(file, 'a', 0o600)
    this.#limit = limit
  }

  /** Bytes of output, kept or not. */
  get seen(): number {
    return this.#seen
  }

  get truncated(): boolean {
    return this.#seen > this.#bytes
  }

  write(chunk: Uint8Array): void {
    this.#seen += chunk.length
    if (this.#bytes >= this.#limit) return
    const kept = chunk.subarray(0, this.#limit - this.#bytes)
    for (let offset = 0; offset < kept.length;) offset += writeSync(this.#fd, kept, offset)
    this.#bytes += kept.length
    if (this.truncated) writeSync(this.#fd, Buffer.from(`\n[rch: the log ends here: limits.max_log_bytes is ${this.#limit}]\n`))
  }

  close(): void {
    fsyncSync(this.#fd)
    closeSync(this.#fd)
  }
}
