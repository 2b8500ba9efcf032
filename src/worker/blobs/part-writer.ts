import {once} from 'node:events'
import {Worker} from 'node:worker_threads'
import {PartHasher} from './part-hasher.ts'
import type {PartOrder, PartReply} from './part-thread.ts'

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
  readonly #thread: Worker
  #started: Promise<unknown>

  constructor(fd: number) {
    this.#thread = new Worker(THREAD, {resourceLimits: THREAD_LIMITS, trackUnmanagedFds: false})
    // Nobody waits for a thread whose upload was broken off.
    this.#thread.unref()
    this.#started = this.#ask(fd)
    this.#started.catch(() => {})
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#started
    await this.#ask(bytes)
  }

  async digest(): Promise<string> {
    await this.#started
    const reply = await this.#ask(null)
    return reply !== null && 'digest' in reply ? reply.digest : ''
  }

  close(): void {
    void this.#thread.terminate()
  }

  async #ask(order: PartOrder): Promise<PartReply> {
    // What it hashes is shared, where it can be, and stays as it is until the answer is there.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#thread.postMessage(order)
    this.#thread.ref()
    try {
      const [reply]: PartReply[] = await once(this.#thread, 'message')
      if (reply === undefined || reply === null || !('failed' in reply)) return reply ?? null
      const {message, code} = reply.failed
      throw Object.assign(new Error(message), code === null ? {} : {code})
    } finally {
      this.#thread.unref()
    }
  }
}

/** It holds nothing but the piece at hand. */
const THREAD_LIMITS = {maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64} as const

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const THREAD = new URL(import.meta.url.replace(/part-writer(\.[jt]s)$/, 'part-thread$1'))
