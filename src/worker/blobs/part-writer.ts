import {OrderThread} from '../../infra/thread/order-thread.ts'
import {PartHasher} from './part-hasher.ts'
import type {PartOrder} from './part-thread.ts'

/** From here on a thread is worth its start: hashing is half of what a large content costs, and reading the next piece the other. */
const THREAD_BYTES = 64 * 1024 * 1024

/** Writes and hashes a content that comes in order; one call at a time. */
export interface PartWriter {
  write(bytes: Uint8Array): Promise<void>
  /** SHA-256 of all that was written, in hex. */
  digest(): Promise<string>
  close(): void
}

/** For a content of `bytes` that goes to the open file `fd`. The file stays the caller's, who closes it after the writer. */
export function partWriter(fd: number, bytes: number): PartWriter {
  return bytes < THREAD_BYTES ? new HereWriter(fd) : new ThreadWriter(fd)
}

class HereWriter implements PartWriter {
  readonly #hasher: PartHasher

  constructor(fd: number) {
    this.#hasher = new PartHasher(fd)
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hasher.take(bytes)
  }

  async digest(): Promise<string> {
    return this.#hasher.digest()
  }

  close(): void {}
}

class ThreadWriter implements PartWriter {
  readonly #thread = new OrderThread<PartOrder, string | null>(THREAD)
  readonly #started: Promise<unknown>

  constructor(fd: number) {
    this.#started = this.#thread.ask(fd)
    this.#started.catch(() => {})
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#started
    // What it hashes is shared, where it can be, and stays as it is until the answer is there.
    await this.#thread.ask(bytes)
  }

  async digest(): Promise<string> {
    await this.#started
    return (await this.#thread.ask(null)) ?? ''
  }

  close(): void {
    this.#thread.close()
  }
}

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const THREAD = new URL(import.meta.url.replace(/part-writer(\.[jt]s)$/, 'part-thread$1'))
