import {createHash, hash as hashOnce} from 'node:crypto'
import {closeSync, constants, fstatSync, openSync, readSync, type BigIntStats} from 'node:fs'

/** What one look at a regular file found. Nothing of this module depends on other packages: it also runs in worker threads. */
export interface HashedFile {
  readonly sha256: string
  readonly bytes: number
  readonly stamp: string
  readonly changedMs: number
  readonly executable: boolean
  /**
   * Git's own id of these very bytes, told only where it could differ from that of an unchanged file: git may have converted
   * them (they hold CR LF or `$Id`), or they changed a moment ago.
   */
  readonly oid: string | null
  /** The whole content when it looks like a Git LFS pointer. */
  readonly pointer: string | null
}

export interface UnhashedFile {
  /** `changing`: it changed while it was read. `large`: above `maxBytes`, not read. `special`: no regular file. */
  readonly problem: 'missing' | 'unreadable' | 'changing' | 'special' | 'large'
  readonly detail: string
}

export interface HashOptions {
  /** When git's own id of a file is wanted; `null` = never. */
  readonly oid: OidOptions | null
  readonly maxBytes: number
}

export interface OidOptions {
  readonly algorithm: 'sha1' | 'sha256'
  /** Git may convert text on checkout. */
  readonly converts: boolean
  /** Files that changed at this time or later always get it: their stamp does not yet prove anything. Milliseconds. */
  readonly recentFromMs: number
}

/** Reads and hashes a file; symbolic links are not followed. Content and stamp belong together, or the answer is `changing`. */
export function hashFile(path: string, {oid, maxBytes}: HashOptions): HashedFile | UnhashedFile {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return openProblem(error)
  }
  try {
    const before = fstatSync(fd, {bigint: true})
    if (!before.isFile()) return {problem: 'special', detail: 'not a regular file'}
    if (before.size > BigInt(maxBytes)) return {problem: 'large', detail: String(before.size)}
    const size = Number(before.size)
    const recent = oid !== null && changedMs(before) >= oid.recentFromMs
    const wanted = {algorithm: oid === null || !(recent || oid.converts) ? null : oid.algorithm, recent}
    const content = size <= SMALL_BYTES ? hashSmall(fd, size, wanted) : hashLarge(fd, size, wanted)
    const after = fstatSync(fd, {bigint: true})
    if (content === undefined || statStamp(before) !== statStamp(after)) return {problem: 'changing', detail: 'changed while it was read'}
    return {
      ...content,
      bytes: size,
      stamp: statStamp(after),
      changedMs: changedMs(after),
      executable: (after.mode & 0o100n) !== 0n,
    }
  } catch (error) {
    return {problem: 'unreadable', detail: error instanceof Error ? error.message : String(error)}
  } finally {
    closeSync(fd)
  }
}

/** Two equal stamps of one path are the same file with the same content, unless its last change is too recent to tell. */
export function statStamp(stat: BigIntStats): string {
  return `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`
}

/**
 * When a file last changed, in milliseconds since the epoch; where the file system counts whole seconds, the end of that
 * second.
 */
export function changedMs(stat: BigIntStats): number {
  const ns = stat.ctimeNs
  return Number(ns / 1_000_000n) + (ns % 1_000_000_000n === 0n ? 2000 : 0)
}

type Content = Pick<HashedFile, 'sha256' | 'oid' | 'pointer'>

interface WantedOid {
  readonly algorithm: OidOptions['algorithm'] | null
  readonly recent: boolean
}

function hashSmall(fd: number, size: number, {algorithm, recent}: WantedOid): Content | undefined {
  // One byte more than expected shows a file that grew.
  const buffer = Buffer.allocUnsafe(size + 1)
  let read = 0
  while (read <= size) {
    const got = readSync(fd, buffer, read, size + 1 - read, null)
    if (got === 0) break
    read += got
  }
  if (read !== size) return undefined
  const content = buffer.subarray(0, size)
  const wanted = algorithm !== null && (recent || mayBeConverted(content))
  return {
    sha256: hashOnce('sha256', content, 'hex'),
    oid: wanted ? createHash(algorithm).update(`blob ${size}\0`).update(content).digest('hex') : null,
    pointer:
      size < MAX_POINTER_BYTES && content.toString('latin1', 0, POINTER_START.length) === POINTER_START ? content.toString('utf8') : null,
  }
}

function hashLarge(fd: number, size: number, {algorithm, recent}: WantedOid): Content | undefined {
  const sha256 = createHash('sha256')
  let wanted = recent
  let last = Buffer.alloc(0)
  const read = readChunks(fd, (chunk) => {
    sha256.update(chunk)
    if (algorithm === null || wanted) return
    wanted = mayBeConverted(chunk) || mayBeConverted(Buffer.concat([last, chunk.subarray(0, 4)]))
    last = Buffer.from(chunk.subarray(-4))
  })
  if (read !== size) return undefined
  return {sha256: sha256.digest('hex'), oid: wanted && algorithm !== null ? largeOid(fd, size, algorithm) : null, pointer: null}
}

/** A second pass, for the few large files where git's conversions have to be ruled out. */
function largeOid(fd: number, size: number, algorithm: string): string {
  const oid = createHash(algorithm).update(`blob ${size}\0`)
  readChunks(fd, (chunk) => oid.update(chunk))
  return oid.digest('hex')
}

/** Reads a file from its start through one buffer and returns its length. */
function readChunks(fd: number, use: (chunk: Buffer) => void): number {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = 0; ;) {
    const got = readSync(fd, buffer, 0, CHUNK_BYTES, position)
    if (got === 0) return position
    position += got
    use(buffer.subarray(0, got))
  }
}

/** Git's text conversions only ever change line ends and `$Id$`. */
function mayBeConverted(content: Buffer): boolean {
  return content.includes('\r\n') || content.includes('$Id')
}

function openProblem(error: unknown): UnhashedFile {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error ? error.message : String(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return {problem: 'missing', detail}
  if (code === 'ELOOP' || code === 'ENXIO' || code === 'ENODEV') return {problem: 'special', detail}
  return {problem: 'unreadable', detail}
}

const SMALL_BYTES = 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
const MAX_POINTER_BYTES = 1024
const POINTER_START = 'version https://git-lfs.github.com/spec/'
