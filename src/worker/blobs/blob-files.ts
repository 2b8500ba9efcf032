import {closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync, writevSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {randomUUID} from 'node:crypto'
import {isErrno} from '../../infra/files.ts'

/** Blobs are written once and never changed. */
export const BLOB_MODE = 0o444
/** What every system takes at once. */
const PARTS_PER_WRITE = 1024

/** The places of a blob store; the version in the path keeps layouts apart. */
export interface BlobPlaces {
  readonly root: string
  readonly packs: string
  readonly temporary: string
  readonly quarantine: string
  /** Locked while a collection deletes. */
  readonly collecting: string
  loose(sha256: string): string
  /** Where blobs that arrive in pieces are put together, one directory per upload. */
  parts(scope: string): string
}

export function blobPlaces(root: string): BlobPlaces {
  const base = join(root, 'v1')
  const loose = join(base, 'loose')
  return {
    root: base,
    packs: join(base, 'packs'),
    temporary: join(base, 'tmp'),
    quarantine: join(base, 'quarantine'),
    collecting: join(base, 'collecting.sqlite3'),
    // Asked for tens of thousands of names at a time.
    loose: (sha256) => `${loose}/${sha256.slice(0, 2)}/${sha256.slice(2)}`,
    parts: (scope) => join(base, 'parts', scope),
  }
}

/** Writes a file beside its final place on the same file system, then renames it there; nothing is left when that fails. */
export function writeThenRename(places: BlobPlaces, final: string, parts: readonly Uint8Array[]): void {
  const temporary = join(places.temporary, randomUUID())
  const fd = openMaking(temporary, 'wx', BLOB_MODE)
  try {
    try {
      writeParts(fd, parts)
    } finally {
      closeSync(fd)
    }
    renameMaking(temporary, final)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
}

/** Many parts with few system calls and without copying them together. */
function writeParts(fd: number, parts: readonly Uint8Array[]): void {
  for (let from = 0; from < parts.length; from += PARTS_PER_WRITE) {
    const group = parts.slice(from, from + PARTS_PER_WRITE)
    const bytes = group.reduce((sum, part) => sum + part.length, 0)
    const written = bytes === 0 ? 0 : writevSync(fd, group)
    if (written < bytes) writeAll(fd, Buffer.concat(group, bytes).subarray(written), null)
  }
}

/** Writes all of `bytes`, at `position` or, when that is `null`, at the file's own. */
export function writeAll(fd: number, bytes: Uint8Array, position: number | null): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done)
  }
}

/** A directory and what leads to it. Node's own recursion answers ENOENT where the disk says that it is read-only. */
export function makeDirectories(path: string): void {
  try {
    mkdirSync(path, {mode: 0o700})
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error
    makeDirectories(dirname(path))
    makeDirectories(path)
  }
}

/** Opens a file for writing; its directory is made when it is not there. */
export function openMaking(path: string, flags: string | number, mode: number): number {
  try {
    return openSync(path, flags, mode)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    makeDirectories(dirname(path))
    return openSync(path, flags, mode)
  }
}

/** Renames; the directory of the new name is made when it is not there. */
export function renameMaking(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    makeDirectories(dirname(to))
    renameSync(from, to)
  }
}
