import type {HashedFile, UnhashedFile} from './hash-file.ts'

/**
 * Results by position, in a few flat blocks: 100,000 of them as objects would be the largest thing in memory. Each is made anew
 * when asked for.
 */
export class HashResults {
  readonly #sha256: Buffer
  readonly #numbers: Float64Array
  readonly #rare = new Map<number, UnhashedFile | Pick<HashedFile, 'oid' | 'pointer'>>()

  constructor(count: number) {
    this.#sha256 = Buffer.allocUnsafe(count * DIGEST)
    this.#numbers = new Float64Array(count * NUMBERS)
  }

  set(position: number, result: HashedFile | UnhashedFile): void {
    if ('problem' in result) {
      this.#rare.set(position, result)
      return
    }
    const {sha256, bytes, stamp, executable, oid, pointer} = result
    this.#sha256.write(sha256, position * DIGEST, 'latin1')
    const n = position * NUMBERS
    this.#numbers[n] = bytes
    this.#numbers[n + 1] = stamp.ino
    this.#numbers[n + 2] = stamp.mtimeMs
    this.#numbers[n + 3] = stamp.ctimeMs
    this.#numbers[n + 4] = executable ? 1 : 0
    if (oid !== null || pointer !== null) this.#rare.set(position, {oid, pointer})
  }

  get(position: number): HashedFile | UnhashedFile {
    const rare = this.#rare.get(position)
    if (rare !== undefined && 'problem' in rare) return rare
    const n = position * NUMBERS
    const at = (offset: number) => this.#numbers[n + offset] ?? 0
    return {
      kind: 'file',
      fresh: true,
      sha256: this.#sha256.toString('latin1', position * DIGEST, (position + 1) * DIGEST),
      bytes: at(0),
      stamp: {ino: at(1), mtimeMs: at(2), ctimeMs: at(3)},
      executable: at(4) === 1,
      oid: rare?.oid ?? null,
      pointer: rare?.pointer ?? null,
    }
  }
}

const DIGEST = 64
const NUMBERS = 5
