import {availableParallelism} from 'node:os'
import {Worker} from 'node:worker_threads'
import {hashFile, type HashedFile, type HashOptions, type UnhashedFile} from './hash-file.ts'
import type {HashBatch, HashedBatch} from './hash-worker.ts'

export interface HashFilesOptions {
  readonly oid: HashOptions['oid']
  readonly signal?: AbortSignal | undefined
  /** Called with the number of files done so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

/**
 * Hashes many files, results in the order of `paths`. A few small ones are read on this thread, which costs less than starting
 * another; many or large ones on a thread per core. Memory does not grow with the size of a file.
 */
export async function hashFiles(paths: readonly string[], options: HashFilesOptions): Promise<readonly (HashedFile | UnhashedFile)[]> {
  options.signal?.throwIfAborted()
  if (paths.length > INLINE_FILES) return hashOnThreads(paths, options)
  const results = paths.map((path) => hashFile(path, {oid: options.oid, maxBytes: INLINE_BYTES}))
  const large = results.flatMap((result, i) => ('problem' in result && result.problem === 'large' ? [i] : []))
  if (large.length > 0) {
    const late = await hashOnThreads(
      large.map((i) => paths[i] ?? ''),
      options,
    )
    for (const [k, i] of large.entries()) {
      const result = late[k]
      if (result !== undefined) results[i] = result
    }
  }
  return results
}

async function hashOnThreads(paths: readonly string[], options: HashFilesOptions): Promise<(HashedFile | UnhashedFile)[]> {
  const results = Array.from<HashedFile | UnhashedFile>({length: paths.length})
  const batchSize = Math.max(1, Math.min(MAX_BATCH, Math.ceil(paths.length / (availableParallelism() * 8))))
  const threads = Math.min(availableParallelism(), Math.ceil(paths.length / batchSize))
  let next = 0
  let done = 0
  const takeBatch = (): HashBatch | undefined => {
    if (next >= paths.length) return undefined
    const first = next
    next += batchSize
    return {first, paths: paths.slice(first, next), oid: options.oid, maxBytes: Number.MAX_SAFE_INTEGER}
  }
  const workers = Array.from({length: threads}, () => new Worker(WORKER))
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            let underWay = 0
            const give = () => {
              const batch = takeBatch()
              if (batch !== undefined) {
                underWay++
                // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
                worker.postMessage(batch)
              } else if (underWay === 0) resolve()
            }
            options.signal?.addEventListener('abort', () => reject(options.signal?.reason), {once: true})
            worker.on('error', reject)
            worker.on('exit', () => reject(new Error('a hashing thread ended early')))
            worker.on('message', (batch: HashedBatch) => {
              for (const [k, result] of batch.results.entries()) results[batch.first + k] = result
              done += batch.results.length
              options.onProgress?.(done)
              underWay--
              // Two batches under way: a thread never waits for this one.
              give()
            })
            give()
            give()
          }),
      ),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return results
}

/** Beside this file, with the same extension: TypeScript in the sources, JavaScript when built. */
const WORKER = new URL(import.meta.url.replace(/hash-files(\.[jt]s)$/, 'hash-worker$1'))
const INLINE_FILES = 256
const INLINE_BYTES = 4 * 1024 * 1024
const MAX_BATCH = 256
