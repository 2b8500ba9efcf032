import {parentPort} from 'node:worker_threads'
import {hashFile, type HashOptions} from './hash-file.ts'
import {packResults, type PackedResults} from './packed-results.ts'

/** One batch of files for a hashing thread. */
export interface HashBatch {
  readonly id: number
  readonly root: string
  /** Relative to `root`. */
  readonly paths: readonly string[]
  readonly options: HashOptions
}

export interface HashedBatch {
  readonly id: number
  readonly results: PackedResults
}

parentPort?.on('message', ({id, root, paths, options}: HashBatch) => {
  const done: HashedBatch = {id, results: packResults(paths.map((path) => hashFile(`${root}/${path}`, options)))}
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(done)
})
