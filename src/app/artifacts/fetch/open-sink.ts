import {OrderThread} from '../../../infra/thread/order-thread.ts'
import {BlobSink, NotAsSealed, type WantedFile} from './blob-sink.ts'
import type {SinkOrder} from './sink-thread.ts'

/** From here on a thread is worth its start: writing and hashing keep this one from reading what comes next. */
const THREAD_BYTES = 64 * 1024 * 1024

/** Takes a stream of blobs in order, one call at a time. */
export interface Sink {
  /** Takes the memory over. Answers how many bytes of contents came so far. @throws NotAsSealed, or what the system says. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>
  /** @throws NotAsSealed when something has not come. */
  end(): Promise<void>
  close(): Promise<void>
}

/** For files of a set that go below `directory`. */
export function openSink(directory: string, files: readonly WantedFile[]): Sink {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return bytes < THREAD_BYTES ? hereSink(directory, files) : new ThreadSink(directory, files)
}

function hereSink(directory: string, files: readonly WantedFile[]): Sink {
  const sink = new BlobSink(directory, files)
  return {
    write: async (bytes) => sink.write(bytes),
    end: async () => sink.end(),
    close: async () => sink.close(),
  }
}

class ThreadSink implements Sink {
  readonly #thread: OrderThread<SinkOrder, number>

  constructor(directory: string, files: readonly WantedFile[]) {
    this.#thread = new OrderThread(THREAD, {directory, files})
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.#ask(bytes, [bytes.buffer])
  }

  async end(): Promise<void> {
    await this.#ask('end')
  }

  async close(): Promise<void> {
    await this.#ask('close').catch(() => {})
    this.#thread.close()
  }

  async #ask(order: SinkOrder, transfer: readonly ArrayBuffer[] = []): Promise<number> {
    try {
      return await this.#thread.ask(order, transfer)
    } catch (error) {
      if (error instanceof Error && 'problem' in error && 'path' in error) throw new NotAsSealed(String(error.path), String(error.problem))
      throw error
    }
  }
}

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const THREAD = new URL(import.meta.url.replace(/open-sink(\.[jt]s)$/, 'sink-thread$1'))
