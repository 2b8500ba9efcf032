import type {HashedFile, UnhashedFile} from './hash-file.ts'

/** A batch of results in few large pieces: what passes between threads is copied value by value. */
export interface PackedResults {
  readonly count: number
  /** 64 characters each. */
  readonly sha256: string
  /** `NUMBERS` each. */
  readonly numbers: Float64Array
  /** What only few files have, by position. */
  readonly rare: readonly (readonly [number, UnhashedFile | Pick<HashedFile, 'oid' | 'pointer'>])[]
}

const NUMBERS = 5
const NO_DIGEST = '0'.repeat(64)

export function packResults(results: readonly (HashedFile | UnhashedFile)[]): PackedResults {
  const numbers = new Float64Array(results.length * NUMBERS)
  const rare: [number, UnhashedFile | Pick<HashedFile, 'oid' | 'pointer'>][] = []
  let sha256 = ''
  for (const [i, result] of results.entries()) {
    if ('problem' in result) {
      sha256 += NO_DIGEST
      rare.push([i, result])
      continue
    }
    const {stamp, oid, pointer} = result
    sha256 += result.sha256
    numbers.set([result.bytes, stamp.ino, stamp.mtimeMs, stamp.ctimeMs, result.executable ? 1 : 0], i * NUMBERS)
    if (oid !== null || pointer !== null) rare.push([i, {oid, pointer}])
  }
  return {count: results.length, sha256, numbers, rare}
}

export function unpackResults({count, sha256, numbers, rare}: PackedResults): (HashedFile | UnhashedFile)[] {
  const results: (HashedFile | UnhashedFile)[] = []
  const at = (position: number) => numbers[position] ?? 0
  for (let i = 0; i < count; i++) {
    const n = i * NUMBERS
    results.push({
      kind: 'file',
      fresh: true,
      sha256: sha256.slice(i * 64, i * 64 + 64),
      bytes: at(n),
      stamp: {ino: at(n + 1), mtimeMs: at(n + 2), ctimeMs: at(n + 3)},
      executable: at(n + 4) === 1,
      oid: null,
      pointer: null,
    })
  }
  for (const [i, found] of rare) {
    const result = results[i]
    if ('problem' in found) results[i] = found
    else if (result !== undefined && !('problem' in result)) results[i] = {...result, ...found}
  }
  return results
}
