import type {HashedFile, UnhashedFile} from './hash-file.ts'

/** Memory for results that every thread writes to in place. */
export interface ResultMemory {
  readonly digests: SharedArrayBuffer
  readonly numbers: SharedArrayBuffer
}

/** What only few files have. */
export type RareResult = UnhashedFile | Pick<HashedFile, 'oid' | 'pointer'>

export function resultMemory(count: number): ResultMemory {
  return {
    digests: new SharedArrayBuffer(count * DIGEST),
    numbers: new SharedArrayBuffer(count * NUMBERS * Float64Array.BYTES_PER_ELEMENT),
  }
}

/**
 * Results by position, in a few flat blocks: 100,000 of them as objects would be the largest thing in memory, and as messages
 * between threads a large part of the time. Each is made anew when asked for.
 */
export class HashResults {
  readonly #digests: Buffer
  readonly #numbers: Float64Array
  #rare = new Map<number, RareResult>()

  constructor({digests, numbers}: ResultMemory) {
    this.#digests = Buffer.from(digests)
    this.#numbers = new Float64Array(numbers)
  }

  set(position: number, result: HashedFile | UnhashedFile): void {
    if ('problem' in result) {
      this.#rare.set(position, result)
      return
    }
    const {sha256, bytes, stamp, executable, oid, pointer} = result
    this.#digests.write(sha256, position * DIGEST, 'hex')
    const n = position * NUMBERS
    this.#numbers[n] = bytes
    this.#numbers[n + 1] = stamp.ino
    this.#numbers[n + 2] = stamp.mtimeMs
    this.#numbers[n + 3] = stamp.ctimeMs
    this.#numbers[n + 4] = executable ? 1 : 0
    if (oid !== null || pointer !== null) this.#rare.set(position, {oid, pointer})
  }

  /** What is not in the shared memory, to be handed to the thread that reads the results. */
  takeRare(): ReadonlyMap<number, RareResult> {
    const rare = this.#rare
    this.#rare = new Map()
    return rare
  }

  addRare(rare: ReadonlyMap<number, RareResult>): void {
    for (const [position, result] of rare) this.#rare.set(position, result)
  }

  get(position: number): HashedFile | UnhashedFile {
    const rare = this.#rare.get(position)
    if (rare !== undefined && 'problem' in rare) return rare
    const n = position * NUMBERS
    const numbers = this.#numbers
    return {
      kind: 'file',
      fresh: true,
      sha256: this.#digests.toString('hex', position * DIGEST, (position + 1) * DIGEST),
      bytes: numbers[n] ?? 0,
      stamp: {ino: numbers[n + 1] ?? 0, mtimeMs: numbers[n + 2] ?? 0, ctimeMs: numbers[n + 3] ?? 0},
      executable: numbers[n + 4] === 1,
      oid: rare?.oid ?? null,
      pointer: rare?.pointer ?? null,
    }
  }
}

/** Bytes of a SHA-256. */
const DIGEST = 32
const NUMBERS = 5
