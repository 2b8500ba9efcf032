import {BLOCK_FILES} from './file-queue.ts'

/** How far files are done without a gap from the first one on, while their blocks are finished in any order. */
export class Frontier {
  readonly #count: number
  /** How many files of each block are not done. */
  readonly #left: Uint8Array
  #block = 0

  constructor(count: number) {
    this.#count = count
    this.#left = new Uint8Array(Math.ceil(count / BLOCK_FILES)).fill(BLOCK_FILES)
    if (count % BLOCK_FILES !== 0) this.#left[this.#left.length - 1] = count % BLOCK_FILES
  }

  /** Takes note of `files` more files of the block in which `position` lies. */
  pass(position: number, files: number): void {
    const block = Math.floor(position / BLOCK_FILES)
    this.#left[block] = (this.#left[block] ?? 0) - files
    while (this.#left[this.#block] === 0) this.#block++
  }

  /** The first position that may not be done. */
  get position(): number {
    return Math.min(this.#count, this.#block * BLOCK_FILES)
  }
}
