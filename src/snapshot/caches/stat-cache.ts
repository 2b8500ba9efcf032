import {readSealed} from '../../infra/sealed-file.ts'
import type {FileStamp} from '../hash/hash-file.ts'
import {keepSealed} from './keep-sealed.ts'

/** What was read of a file, valid for as long as its stamp holds. */
export interface StatRecord {
  readonly stamp: FileStamp
  readonly sha256: string
  readonly bytes: number
  /** An LFS pointer's whole text. */
  readonly pointer: string | null
}

/**
 * Digests of files that had to be looked at one by one, by path, for one work tree. Only files whose last change was well past
 * when they were read are in it, so an equal stamp means equal content.
 */
export interface StatCache {
  get(path: string): StatRecord | undefined
  readonly paths: Iterable<string>
  /** Replaces the cache by these records, when they differ from what is stored. */
  save(records: ReadonlyMap<string, StatRecord>): void
}

export function openStatCache(path: string): StatCache {
  const stored = load(path)
  return {
    // Asking even an empty map costs the hash of every path.
    get: stored.size === 0 ? () => undefined : (key) => stored.get(key),
    paths: [...stored.keys()],
    save(records) {
      if (!same(stored, records)) keepSealed(path, piecesOf(records))
    },
  }
}

const HEADER = 'rch stat cache 2'

/** A line for each record, in pieces: all of them at once would be the largest thing in memory. */
function* piecesOf(records: ReadonlyMap<string, StatRecord>): Generator<string, void, undefined> {
  let piece = `${HEADER}\n`
  for (const [key, {stamp, sha256, bytes, pointer}] of records) {
    piece += `${JSON.stringify([key, stamp.ino, stamp.mtimeMs, stamp.ctimeMs, bytes, sha256, pointer])}\n`
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  yield piece
}

const PIECE = 64 * 1024

/** A line that does not parse makes the whole file worthless: it is a cache, and somebody wrote into it. */
function load(path: string): Map<string, StatRecord> {
  const records = new Map<string, StatRecord>()
  try {
    const [header, ...lines] = (readSealed(path)?.toString('utf8') ?? '').split('\n')
    if (header !== HEADER || lines.pop() !== '') return records
    for (const line of lines) {
      const [key, record] = parseLine(JSON.parse(line))
      records.set(key, record)
    }
    return records
  } catch {
    return new Map()
  }
}

function parseLine(fields: unknown): [string, StatRecord] {
  if (!Array.isArray(fields)) throw new TypeError('not a record')
  const [key, ino, mtimeMs, ctimeMs, bytes, sha256, pointer] = fields as readonly unknown[]
  if (typeof key !== 'string' || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('not a record')
  if (typeof ino !== 'number' || typeof mtimeMs !== 'number' || typeof ctimeMs !== 'number' || typeof bytes !== 'number') {
    throw new TypeError('not a record')
  }
  if (!(pointer === null || typeof pointer === 'string')) throw new TypeError('not a record')
  return [key, {stamp: {ino, mtimeMs, ctimeMs}, sha256, bytes, pointer}]
}

function same(a: ReadonlyMap<string, StatRecord>, b: ReadonlyMap<string, StatRecord>): boolean {
  if (a.size !== b.size) return false
  for (const [key, record] of b) {
    const other = a.get(key)
    if (
      other === undefined ||
      other.stamp.ctimeMs !== record.stamp.ctimeMs ||
      other.stamp.ino !== record.stamp.ino ||
      other.sha256 !== record.sha256
    )
      return false
  }
  return true
}
