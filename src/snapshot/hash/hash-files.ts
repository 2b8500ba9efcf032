import {availableParallelism} from 'node:os'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {Worker} from 'node:worker_threads'
import {hashFile, type HashedFile, type HashOptions, type UnhashedFile} from './hash-file.ts'
import {HashResults} from './hash-results.ts'
import type {HashBatch, HashedBatch} from './hash-worker.ts'
import {unpackResults} from './packed-results.ts'

export interface HashFilesOptions extends Omit<HashOptions, 'maxBytes'> {
  /** Absolute; paths are relative to it. */
  readonly root: string
  readonly signal?: AbortSignal | undefined
  /** Called with the number of files done so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

/**
 * Hashes many files, results by their positions in `paths`. This thread takes its share of the small ones, in turns short enough for
 * whatever else it has to do; where there is enough to do, a thread per further core joins in, and large files are always
 * theirs. Memory does not grow with the size of a file.
 */
export async function hashFiles(paths: readonly string[], options: HashFilesOptions): Promise<HashResults> {
  options.signal?.throwIfAborted()
  const queue = new HashQueue(paths, options)
  const threads = paths.length > ALONE_FILES ? startThreads(Math.max(1, availableParallelism() - 1), queue) : []
  try {
    await Promise.race([queue.finished, hashHere(queue)])
    if (threads.length === 0 && queue.large.length > 0)
      threads.push(...startThreads(Math.min(queue.large.length, availableParallelism()), queue))
    for (const {give} of threads) give()
    await queue.finished
  } finally {
    queue.close()
    for (const {worker} of threads) void worker.terminate()
  }
  return queue.results
}

const ALONE_FILES = 512
/** Above this a file would keep this thread from everything else for too long. */
const HERE_BYTES = 1024 * 1024
const TURN_FILES = 32
const BATCH_FILES = 128

/** The files that are left, and what became of the others. */
class HashQueue {
  readonly results: HashResults
  /** Positions of large files, for the threads only. */
  readonly large: number[] = []
  readonly finished: Promise<void>
  readonly fail: (reason: unknown) => void
  readonly paths: readonly string[]
  readonly options: HashFilesOptions
  readonly #finish: () => void
  readonly #abort = () => this.fail(this.options.signal?.reason)
  #next = 0
  #done = 0

  constructor(paths: readonly string[], options: HashFilesOptions) {
    this.paths = paths
    this.options = options
    this.results = new HashResults(paths.length)
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    this.finished = promise
    this.finished.catch(() => {})
    this.#finish = resolve
    this.fail = reject
    options.signal?.addEventListener('abort', this.#abort)
    if (paths.length === 0) resolve()
  }

  /** The next positions to hash, at most `count`; large ones count as a whole batch each. */
  take(count: number, large: boolean): readonly number[] {
    const found = large ? this.large.pop() : undefined
    if (found !== undefined) return [found]
    const first = this.#next
    this.#next = Math.min(this.paths.length, first + count)
    return Array.from({length: this.#next - first}, (_, i) => first + i)
  }

  settle(position: number, result: HashedFile | UnhashedFile): void {
    this.results.set(position, result)
    this.#done++
    if (this.#done === this.paths.length) this.#finish()
  }

  close(): void {
    this.options.signal?.removeEventListener('abort', this.#abort)
  }

  progress(): void {
    this.options.onProgress?.(this.#done)
  }
}

/** Hashes on this thread until only large files are left. */
async function hashHere(queue: HashQueue): Promise<void> {
  const options: HashOptions = {recentFromMs: queue.options.recentFromMs, oid: queue.options.oid, maxBytes: HERE_BYTES}
  for (let positions = queue.take(TURN_FILES, false); positions.length > 0; positions = queue.take(TURN_FILES, false)) {
    for (const position of positions) {
      const result = hashFile(`${queue.options.root}/${queue.paths[position] ?? ''}`, options)
      if ('problem' in result && result.problem === 'large') queue.large.push(position)
      else queue.settle(position, result)
    }
    queue.progress()
    await nextTurn()
    queue.options.signal?.throwIfAborted()
  }
}

interface HashThread {
  readonly worker: Worker
  /** Hands it one batch more, if there is one. */
  readonly give: () => void
}

function startThreads(count: number, queue: HashQueue): HashThread[] {
  return Array.from({length: count}, () => {
    const worker = new Worker(WORKER, {resourceLimits: THREAD_LIMITS})
    const batches = new Map<number, readonly number[]>()
    let number = 0
    const give = () => {
      const positions = queue.take(BATCH_FILES, true)
      if (positions.length === 0) return
      const batch: HashBatch = {
        id: number,
        root: queue.options.root,
        paths: positions.map((position) => queue.paths[position] ?? ''),
        options: {recentFromMs: queue.options.recentFromMs, oid: queue.options.oid, maxBytes: Number.MAX_SAFE_INTEGER},
      }
      batches.set(number++, positions)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(batch)
    }
    worker.on('error', queue.fail)
    worker.on('exit', () => queue.fail(new Error('a hashing thread ended early')))
    worker.on('message', ({id, results}: HashedBatch) => {
      // The thread has another batch under way already; this keeps it so.
      give()
      const positions = batches.get(id) ?? []
      batches.delete(id)
      for (const [k, result] of unpackResults(results).entries()) queue.settle(positions[k] ?? 0, result)
      queue.progress()
    })
    give()
    give()
    return {worker, give}
  })
}

/** A thread holds one batch at a time and nothing of a file but its buffer. */
const THREAD_LIMITS = {maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64} as const

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const WORKER = new URL(import.meta.url.replace(/hash-files(\.[jt]s)$/, 'hash-worker$1'))
