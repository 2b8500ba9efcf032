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
  /** Files whose results are in the shared memory since the last report. */
  readonly done: number
  readonly rare: ReadonlyMap<number, RareResult>
}

/** So that progress shows and messages stay few. */
const REPORT_FILES = 512

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
  let done = 0
  const hash = (position: number, path: string) => {
    results.set(position, hashFile(`${root}/${path}`, options))
    done++
  }
  const tell = () => {
    if (done > 0) report({done, rare: results.takeRare()})
    done = 0
  }
  return () => {
    for (;;) {
      const large = queue.takeLarge()
      const first = large === undefined ? queue.takeBlock() : large - (large % BLOCK_FILES)
      if (first === undefined) break
      const paths = queue.pathsFrom(first)
      if (large === undefined) for (const [i, path] of paths.entries()) hash(first + i, path)
      else hash(large, paths[large - first] ?? '')
      if (large !== undefined || done >= REPORT_FILES) tell()
    }
    tell()
  }
}
