import {parentPort} from 'node:worker_threads'
import {hashFile, type HashedFile, type HashOptions, type UnhashedFile} from './hash-file.ts'

/** One batch of files for a hashing thread. */
export interface HashBatch extends HashOptions {
  readonly first: number
  readonly paths: readonly string[]
}

export interface HashedBatch {
  readonly first: number
  readonly results: readonly (HashedFile | UnhashedFile)[]
}

parentPort?.on('message', (batch: HashBatch) => {
  const done: HashedBatch = {first: batch.first, results: batch.paths.map((path) => hashFile(path, batch))}
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(done)
})
