import {parentPort, workerData} from 'node:worker_threads'
import {BLOCK_FILES, FileQueue, type QueueMemory} from './file-queue.ts'
import {hashFile, type HashOptions} from './hash-file.ts'
import {HashResults, type RareResult, type ResultMemory} from './hash-results.ts'

/** What a hashing thread is started with. Any message that it gets means that there may be more to take. */
export interface HashJob {
  readonly root: string
  readonly options: HashOptions
  readonly queue: QueueMemory
  readonly results: ResultMemory
}

export interface HashReport {
  /** What is in the shared memory since the last report: positions, and how many files from there on, all of one block. */
  readonly done: readonly (readonly [position: number, files: number])[]
  readonly rare: ReadonlyMap<number, RareResult>
}

/** So that progress shows and messages stay few. */
const REPORT_BLOCKS = 16

if (parentPort !== null) {
  const job: HashJob = workerData
  const work = hashing(job, (report) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(report)
  })
  parentPort.on('message', work)
  work()
}

function hashing({root, options, queue: memory, results: places}: HashJob, report: (report: HashReport) => void): () => void {
  const queue = new FileQueue(memory)
  const results = new HashResults(places)
  let done: [position: number, files: number][] = []
  const hash = (position: number, path: string) => results.set(position, hashFile(`${root}/${path}`, options))
  const tell = () => {
    if (done.length > 0) report({done, rare: results.takeRare()})
    done = []
  }
  return () => {
    for (;;) {
      const large = queue.takeLarge()
      const first = large === undefined ? queue.takeBlock() : large - (large % BLOCK_FILES)
      if (first === undefined) break
      const paths = queue.pathsFrom(first)
      if (large === undefined) for (const [i, path] of paths.entries()) hash(first + i, path)
      else hash(large, paths[large - first] ?? '')
      done.push(large === undefined ? [first, paths.length] : [large, 1])
      if (large !== undefined || done.length >= REPORT_BLOCKS) tell()
    }
    tell()
  }
}
