import {createHash, hash as hashOnce} from 'node:crypto'
import {closeSync, constants, fstatSync, openSync, readSync, type Stats} from 'node:fs'

/** What one look at a regular file found. Nothing of this module depends on other packages: it also runs in worker threads. */
export interface HashedFile {
  readonly kind: 'file'
  /** Read just now, not remembered from an earlier time. */
  readonly fresh: boolean
  readonly sha256: string
  readonly bytes: number
  readonly stamp: FileStamp
  readonly executable: boolean
  /**
   * Git's own id of these very bytes, told only where it could differ from that of an unchanged file: git may have converted
   * them (they hold CR LF or `$Id`), or they changed a moment ago.
   */
  readonly oid: string | null
  /** The whole content when it looks like a Git LFS pointer. */
  readonly pointer: string | null
}

/** Two equal stamps of one path are the same file with the same content, unless its last change is too recent to tell. */
export interface FileStamp {
  readonly ino: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

export interface UnhashedFile {
  /** `changing`: it changed while it was read. `large`: above `maxBytes`, not read. `special`: no regular file. */
  readonly problem: 'missing' | 'unreadable' | 'changing' | 'special' | 'large'
  readonly detail: string
}

export interface HashOptions {
  /** Files that changed at this time or later may still be changing. Milliseconds since the epoch. */
  readonly recentFromMs: number
  /** When git's own id of a file is wanted; `null` = never. */
  readonly oid: OidOptions | null
  readonly maxBytes: number
}

export interface OidOptions {
  readonly algorithm: 'sha1' | 'sha256'
  /** Git may convert text on checkout. */
  readonly converts: boolean
}

/** Reads and hashes a file; symbolic links are not followed. Content and stamp belong together, or the answer is `changing`. */
export function hashFile(path: string, options: HashOptions): HashedFile | UnhashedFile {
  let fd: number
  try {
    fd = openSync(path, READ_ONLY)
  } catch (error) {
    return openProblem(error)
  }
  try {
    const read = readSync(fd, buffer, 0, BUFFER_BYTES, 0)
    const stat = fstatSync(fd)
    if (!stat.isFile()) return {problem: 'special', detail: 'not a regular file'}
    if (changedMs(stat.ctimeMs) >= options.recentFromMs) return hashCarefully(fd, stat, options)
    // Nothing has changed since before the read began, so what was read is what the stamp stands for.
    if (read < BUFFER_BYTES)
      return read === stat.size ? hashedFile(stat, hashSmall(buffer.subarray(0, read), options.oid, false)) : CHANGING
    if (stat.size > options.maxBytes) return {problem: 'large', detail: String(stat.size)}
    const content = hashLarge(fd, stat.size, options.oid, false)
    return content === undefined ? CHANGING : hashUnless(fd, stat, content)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EISDIR' || error.code === 'EAGAIN'))
      return {problem: 'special', detail: error.message}
    return {problem: 'unreadable', detail: error instanceof Error ? error.message : String(error)}
  } finally {
    closeSync(fd)
  }
}

/** When a file last changed; where the file system counts whole seconds, no earlier than the end of that second. */
export function changedMs(ctimeMs: number): number {
  return ctimeMs % 1000 === 0 ? ctimeMs + 2000 : ctimeMs
}

export function stampOf({ino, mtimeMs, ctimeMs}: Stats): FileStamp {
  return {ino, mtimeMs, ctimeMs}
}

/** One buffer per thread: small files are read into it and hashed from it. */
const BUFFER_BYTES = 256 * 1024
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const CHANGING: UnhashedFile = {problem: 'changing', detail: 'changed while it was read'}

type Content = Pick<HashedFile, 'sha256' | 'oid' | 'pointer'>

/** A file that was written a moment ago: read anew between two stamps, and always with git's id. */
function hashCarefully(fd: number, before: Stats, {oid, maxBytes}: HashOptions): HashedFile | UnhashedFile {
  if (before.size > maxBytes) return {problem: 'large', detail: String(before.size)}
  const content = hashLarge(fd, before.size, oid, true)
  return content === undefined ? CHANGING : hashUnless(fd, before, content)
}

function hashUnless(fd: number, before: Stats, content: Content): HashedFile | UnhashedFile {
  const after = fstatSync(fd)
  const same = before.size === after.size && before.mtimeMs === after.mtimeMs && before.ctimeMs === after.ctimeMs
  return same ? hashedFile(after, content) : CHANGING
}

function hashedFile(stat: Stats, {sha256, oid, pointer}: Content): HashedFile {
  return {kind: 'file', fresh: true, sha256, bytes: stat.size, stamp: stampOf(stat), executable: (stat.mode & 0o100) !== 0, oid, pointer}
}

function hashSmall(content: Buffer, oid: OidOptions | null, always: boolean): Content {
  const wanted = oid !== null && (always || (oid.converts && mayBeConverted(content)))
  return {
    sha256: hashOnce('sha256', content, 'hex'),
    oid: wanted ? createHash(oid.algorithm).update(`blob ${content.length}\0`).update(content).digest('hex') : null,
    pointer: pointerText(content),
  }
}

function hashLarge(fd: number, size: number, oid: OidOptions | null, always: boolean): Content | undefined {
  const sha256 = createHash('sha256')
  let wanted = oid !== null && always
  let last = Buffer.alloc(0)
  let pointer: string | null = null
  const read = readChunks(fd, (chunk) => {
    sha256.update(chunk)
    if (chunk.length === size) pointer = pointerText(chunk)
    if (oid === null || wanted || !oid.converts) return
    wanted = mayBeConverted(chunk) || mayBeConverted(Buffer.concat([last, chunk.subarray(0, 4)]))
    last = Buffer.from(chunk.subarray(-4))
  })
  if (read !== size) return undefined
  return {sha256: sha256.digest('hex'), oid: wanted && oid !== null ? largeOid(fd, size, oid.algorithm) : null, pointer}
}

/** A second pass, for the few files where git's conversions have to be ruled out. */
function largeOid(fd: number, size: number, algorithm: string): string {
  const oid = createHash(algorithm).update(`blob ${size}\0`)
  readChunks(fd, (chunk) => oid.update(chunk))
  return oid.digest('hex')
}

/** Reads a file from its start through the one buffer and returns its length. */
function readChunks(fd: number, use: (chunk: Buffer) => void): number {
  for (let position = 0; ;) {
    const got = readSync(fd, buffer, 0, BUFFER_BYTES, position)
    if (got === 0) return position
    position += got
    use(buffer.subarray(0, got))
  }
}

/** Git's text conversions only ever change line ends and `$Id$`. */
function mayBeConverted(content: Buffer): boolean {
  return content.includes('\r\n') || content.includes('$Id')
}

function pointerText(content: Buffer): string | null {
  if (content.length >= MAX_POINTER_BYTES || content[0] !== POINTER_START.charCodeAt(0)) return null
  const text = content.toString('latin1')
  return text.startsWith(POINTER_START) ? text : null
}

function openProblem(error: unknown): UnhashedFile {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error ? error.message : String(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return {problem: 'missing', detail}
  if (code === 'ELOOP' || code === 'ENXIO' || code === 'ENODEV') return {problem: 'special', detail}
  return {problem: 'unreadable', detail}
}

const MAX_POINTER_BYTES = 1024
const POINTER_START = 'version https://git-lfs.github.com/spec/'
