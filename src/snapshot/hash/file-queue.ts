/** Memory of a queue that several threads take from. */
export interface QueueMemory {
  readonly count: number
  readonly counters: SharedArrayBuffer
  readonly large: SharedArrayBuffer
  /** `BLOCK_FILES` paths after another as UTF-8, with NUL between them, and where each such block starts. */
  readonly names: SharedArrayBuffer
  readonly starts: SharedArrayBuffer
}

/** How many files a thread takes at a time. */
export const BLOCK_FILES = 32

/**
 * Positions of files that are still to be done, first come first served: no thread has to wait until another one finds the time
 * to hand it more.
 */
export class FileQueue {
  readonly memory: QueueMemory
  readonly #counters: Int32Array
  readonly #large: Int32Array

  constructor(memory: QueueMemory) {
    this.memory = memory
    this.#counters = new Int32Array(memory.counters)
    this.#large = new Int32Array(memory.large)
  }

  /** The first position of the next block; `undefined` = all are taken. */
  takeBlock(): number | undefined {
    const first = Atomics.add(this.#counters, NEXT_BLOCK, 1) * BLOCK_FILES
    return first < this.memory.count ? first : undefined
  }

  /** Puts a file back for the threads that may be kept by it. Only the thread that made the queue does. */
  addLarge(position: number): void {
    const count = Atomics.load(this.#counters, LARGE_COUNT)
    Atomics.store(this.#large, count, position)
    Atomics.store(this.#counters, LARGE_COUNT, count + 1)
  }

  takeLarge(): number | undefined {
    for (;;) {
      const next = Atomics.load(this.#counters, NEXT_LARGE)
      if (next >= Atomics.load(this.#counters, LARGE_COUNT)) return undefined
      if (Atomics.compareExchange(this.#counters, NEXT_LARGE, next, next + 1) === next) return Atomics.load(this.#large, next)
    }
  }

  get largeLeft(): number {
    return Atomics.load(this.#counters, LARGE_COUNT) - Atomics.load(this.#counters, NEXT_LARGE)
  }

  /** The paths of the block that starts at `first`. */
  pathsFrom(first: number): readonly string[] {
    const starts = new Float64Array(this.memory.starts)
    const block = first / BLOCK_FILES
    return Buffer.from(this.memory.names)
      .toString('utf8', starts[block], starts[block + 1])
      .split('\0')
  }
}

/** @param paths without NUL, well-formed. */
export function createQueue(paths: readonly string[]): FileQueue {
  const blocks = Math.ceil(paths.length / BLOCK_FILES)
  return new FileQueue({
    count: paths.length,
    counters: new SharedArrayBuffer(COUNTERS * 4),
    large: new SharedArrayBuffer(paths.length * 4),
    ...encodePaths(paths, blocks),
  })
}

function encodePaths(paths: readonly string[], blocks: number): Pick<QueueMemory, 'names' | 'starts'> {
  // Room for the longest encoding; what is not written to takes no memory.
  const room = paths.reduce((sum, path) => sum + path.length * 3 + 1, 0)
  const names = new SharedArrayBuffer(room)
  const starts = new SharedArrayBuffer((blocks + 1) * 8)
  const buffer = Buffer.from(names)
  const positions = new Float64Array(starts)
  let at = 0
  for (let block = 0; block < blocks; block++) {
    at += buffer.write(paths.slice(block * BLOCK_FILES, (block + 1) * BLOCK_FILES).join('\0'), at, 'utf8')
    positions[block + 1] = at
  }
  return {names, starts}
}

const NEXT_BLOCK = 0
const NEXT_LARGE = 1
const LARGE_COUNT = 2
const COUNTERS = 3
