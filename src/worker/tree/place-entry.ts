import {chmodSync, closeSync, fchmodSync, futimesSync, openSync, rmSync, symlinkSync} from 'node:fs'
import type {SourceEntry, SourceFile} from '@rch/contract/source'
import {RchError} from '@rch/contract'
import {writeAll} from '../blobs/blob-files.ts'
import {LARGE_BLOB_BYTES, type BlobStore} from '../blobs/blob-store.ts'
import {digestOfFile} from '../blobs/digest-of-file.ts'
import {cloneFile} from '../platform/clone-file.ts'
import {stampAt, type FileStamp} from './tree-index.ts'

/** The permissions of a source file on the worker. */
export function modeOf(entry: SourceEntry, readOnly: boolean): number {
  const executable = entry.mode === '100755'
  if (readOnly) return executable ? 0o555 : 0o444
  return executable ? 0o755 : 0o644
}

export const DIRECTORY_MODE = {writable: 0o755, readOnly: 0o555} as const

/**
 * Makes one entry at a path where nothing is, from its blob, the digest checked on the way. Throws `source_missing`, with
 * nothing made, when the blob is gone or damaged.
 */
export async function placeEntry(blobs: BlobStore, entry: SourceEntry, path: string, readOnly: boolean): Promise<FileStamp> {
  if (entry.type === 'symlink') symlinkSync(entry.link_target, path)
  else if (entry.bytes < LARGE_BLOB_BYTES || !(await placeClone(blobs, entry, path, readOnly)))
    await placeCopy(blobs, entry, path, readOnly)
  return stampAt(path)
}

async function placeCopy(blobs: BlobStore, entry: SourceFile, path: string, readOnly: boolean): Promise<void> {
  // Read before the file is made: a missing blob leaves nothing. Larger ones are checked at their end.
  const small = entry.bytes < LARGE_BLOB_BYTES ? blobs.read(entry) : null
  const fd = openSync(path, 'wx', 0o600)
  try {
    if (small !== null) writeAll(fd, small, null)
    else for await (const chunk of blobs.stream(entry)) writeAll(fd, chunk, null)
    fchmodSync(fd, modeOf(entry, readOnly))
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  } finally {
    closeSync(fd)
  }
}

/** A copy that shares the blob's blocks until one is written; `false` where the file system has no such thing. */
async function placeClone(blobs: BlobStore, entry: SourceFile, path: string, readOnly: boolean): Promise<boolean> {
  const blob = blobs.looseFile(entry.sha256)
  if (blob === null || !cloneFile(blob, path)) return false
  try {
    if ((await digestOfFile(path, entry.bytes)) !== entry.sha256) {
      blobs.quarantine(entry.sha256)
      throw new RchError('source_missing', undefined, {data: {digests: [entry.sha256]}})
    }
    chmodSync(path, 0o600)
    const fd = openSync(path, 'r+')
    try {
      // A clone has its blob's times; what Xcode compares must be new.
      const now = Date.now() / 1000
      futimesSync(fd, now, now)
      fchmodSync(fd, modeOf(entry, readOnly))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  }
  return true
}
