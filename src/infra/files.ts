import {closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync, type Stats} from 'node:fs'
import {dirname, join} from 'node:path'
import {randomUUID} from 'node:crypto'
import {isErrno} from './errno.ts'

export {isErrno} from './errno.ts'

/** How much a write must survive: a crash of ours (`process`), or of the machine (`power`: file synced before the rename). */
export type Durability = 'process' | 'power'

interface WriteOptions {
  readonly mode?: number
  readonly durability?: Durability
}

/**
 * Replaces a file whole: temporary name in the same directory, written, synced when asked, renamed. A reader sees the old
 * bytes or the new ones. The directory itself is synced by `syncDirectory`, once per group of files.
 */
export function writeFileAtomic(path: string, bytes: string | Uint8Array, options: WriteOptions = {}): void {
  writePiecesAtomic(path, [bytes], options)
}

/** What the name of a file begins with that is still being written; whoever finds an old one may remove it. */
export const TEMPORARY = '.tmp-'

/** As `writeFileAtomic`, for what is too large to be at hand at once. */
export function writePiecesAtomic(path: string, pieces: Iterable<string | Uint8Array>, options: WriteOptions = {}): void {
  const temporary = join(dirname(path), `${TEMPORARY}${randomUUID()}`)
  const fd = openSync(temporary, 'wx', options.mode ?? 0o600)
  try {
    for (const piece of pieces) {
      const content = typeof piece === 'string' ? Buffer.from(piece) : piece
      for (let offset = 0; offset < content.length;) offset += writeSync(fd, content, offset)
    }
    if (options.durability === 'power') fsyncSync(fd)
    closeSync(fd)
  } catch (error) {
    closeQuietly(fd)
    rmSync(temporary, {force: true})
    throw error
  }
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
}

/** Makes renames and new names in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** The bytes of a file, or `undefined` when there is none. Other failures are thrown. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** What lies at a path, links not followed, or `undefined` when nothing can: a file or an endless link may stand where a directory would. */
export function lstatIfThere(path: string): Stats | undefined {
  try {
    return lstatSync(path, {throwIfNoEntry: false})
  } catch (error) {
    if (isErrno(error, 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

export function makeDirectory(path: string): void {
  mkdirSync(path, {recursive: true, mode: 0o700})
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // It was closed already, or the first error is the one that counts.
  }
}
