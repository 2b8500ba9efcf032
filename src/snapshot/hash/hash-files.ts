import {availableParallelism} from 'node:os'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {Worker} from 'node:worker_threads'
import {MANY_FILES} from '../../infra/flat-heap.ts'
import {BLOCK_FILES, createQueue, type FileQueue} from './file-queue.ts'
import {Frontier} from './frontier.ts'
import {hashFile, type HashOptions} from './hash-file.ts'
import {HashResults, resultMemory, type ResultMemory} from './hash-results.ts'
import type {HashJob, HashReport} from './hash-worker.ts'

export interface HashFilesOptions extends Omit<HashOptions, 'maxBytes'> {
  /** Absolute; paths are relative to it. */
  readonly root: string
  readonly signal?: AbortSignal | undefined
  /** Called with the number of files done so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

/** Files that are being hashed. */
export interface HashingFiles {
  /** By position in the paths, as far as `progress` has come. */
  readonly results: HashResults
  /**
   * Yields how many files are hashed from the first one on, now and then, at last all of them.
   * @throws the signal's reason; an error of a thread.
   */
  progress(): AsyncGenerator<number, void>
}

/**
 * Hashes many files, from now on. This thread takes its share of the small ones, in turns short enough for whatever else it has
 * to do; where there is enough to do, a thread per further core joins in and helps itself, and large files are always theirs.
 * Memory does not grow with the size of a file.
 */
export function hashFiles(paths: readonly string[], options: HashFilesOptions): HashingFiles {
  const hashing = new Hashing(paths, options)
  const over = hashAll(hashing)
  over.catch(hashing.fail)
  return {
    results: hashing.results,
    async *progress() {
      yield* hashing.progress()
      await over
    },
  }
}

async function hashAll(hashing: Hashing): Promise<void> {
  const {paths, options} = hashing
  options.signal?.throwIfAborted()
  const threads = paths.length > ALONE_FILES ? startThreads(Math.max(1, availableParallelism() - 1), hashing) : []
  try {
    await Promise.race([hashing.finished, hashHere(hashing)])
    const {largeLeft} = hashing.queue
    if (threads.length === 0 && largeLeft > 0) threads.push(...startThreads(Math.min(largeLeft, availableParallelism()), hashing))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    else if (largeLeft > 0) for (const thread of threads) thread.postMessage(null)
    await hashing.finished
  } finally {
    hashing.close()
    const gone = Promise.all(threads.map((thread) => thread.terminate()))
    // What they share with this thread can be given back only when they are gone; that little time is not worth it for less.
    if (paths.length >= MANY_FILES) await gone
  }
}

const ALONE_FILES = 512
/** So many more files are worth telling. */
const PROGRESS_FILES = 512
/** Above this a file would keep this thread from everything else for too long. */
const HERE_BYTES = 1024 * 1024

/** The files that are left, and what became of the others. */
class Hashing {
  readonly queue: FileQueue
  readonly results: HashResults
  readonly memory: ResultMemory
  readonly finished: Promise<void>
  readonly paths: readonly string[]
  readonly options: HashFilesOptions
  readonly #end: PromiseWithResolvers<void>
  readonly #abort = () => this.fail(this.options.signal?.reason)
  readonly #frontier: Frontier
  #more = Promise.withResolvers<void>()
  #woken = 0
  #ended = false
  #done = 0

  constructor(paths: readonly string[], options: HashFilesOptions) {
    this.paths = paths
    this.options = options
    this.queue = createQueue(paths)
    this.memory = resultMemory(paths.length)
    this.results = new HashResults(this.memory)
    this.#frontier = new Frontier(paths.length)
    this.#end = Promise.withResolvers()
    this.finished = this.#end.promise
    this.finished.catch(() => {})
    options.signal?.addEventListener('abort', this.#abort)
    if (paths.length === 0) this.#finish()
  }

  /** Takes note of files whose results are there: `files` of them, all of the block in which `position` lies. */
  settle(position: number, files: number): void {
    this.#done += files
    this.#frontier.pass(position, files)
    if (this.#frontier.position >= this.#woken + PROGRESS_FILES) this.#wake()
    if (this.#done === this.paths.length) this.#finish()
  }

  tellProgress(): void {
    this.options.onProgress?.(this.#done)
  }

  async *progress(): AsyncGenerator<number, void> {
    for (let told = 0; ;) {
      const {position} = this.#frontier
      if (position >= told + PROGRESS_FILES || (this.#ended && position > told)) yield (told = position)
      else if (this.#ended) break
      else await this.#more.promise
    }
    await this.finished
  }

  fail = (reason: unknown): void => {
    this.#end.reject(reason)
    this.#ended = true
    this.#wake()
  }

  #finish(): void {
    this.#end.resolve()
    this.#ended = true
    this.#wake()
  }

  #wake(): void {
    this.#woken = this.#frontier.position
    this.#more.resolve()
    this.#more = Promise.withResolvers()
  }

  close(): void {
    this.options.signal?.removeEventListener('abort', this.#abort)
  }
}

/** Hashes on this thread until only large files are left. */
async function hashHere(hashing: Hashing): Promise<void> {
  const {queue, results, paths, options} = hashing
  const {root, recentFromMs, oid, signal} = options
  const small: HashOptions = {recentFromMs, oid, maxBytes: HERE_BYTES}
  for (let first = queue.takeBlock(); first !== undefined; first = queue.takeBlock()) {
    const end = Math.min(paths.length, first + BLOCK_FILES)
    let done = 0
    for (let position = first; position < end; position++) {
      const result = hashFile(`${root}/${paths[position] ?? ''}`, small)
      if ('problem' in result && result.problem === 'large') queue.addLarge(position)
      else {
        results.set(position, result)
        done++
      }
    }
    hashing.settle(first, done)
    hashing.tellProgress()
    await nextTurn()
    signal?.throwIfAborted()
  }
}

function startThreads(count: number, hashing: Hashing): Worker[] {
  const {root, recentFromMs, oid} = hashing.options
  const workerData: HashJob = {
    root,
    options: {recentFromMs, oid, maxBytes: Number.MAX_SAFE_INTEGER},
    queue: hashing.queue.memory,
    results: hashing.memory,
  }
  return Array.from({length: count}, () => {
    const thread = new Worker(WORKER, {workerData, resourceLimits: THREAD_LIMITS, trackUnmanagedFds: false})
    thread.on('error', hashing.fail)
    thread.on('exit', () => hashing.fail(new Error('a hashing thread ended early')))
    thread.on('message', ({done, rare}: HashReport) => {
      hashing.results.addRare(rare)
      for (const [position, files] of done) hashing.settle(position, files)
      hashing.tellProgress()
    })
    return thread
  })
}

/** A thread holds one block of paths at a time and nothing of a file but its buffer. */
const THREAD_LIMITS = {maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64} as const

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const WORKER = new URL(import.meta.url.replace(/hash-files(\.[jt]s)$/, 'hash-worker$1'))
