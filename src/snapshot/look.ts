import {lstatSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../infra/errno.ts'
import {stampOf, type FileStamp, type HashedFile} from './hash/hash-file.ts'
import {hashFiles, type HashFilesOptions} from './hash/hash-files.ts'
import type {StatCache} from './caches/stat-cache.ts'

/** A path whose content no index vouches for: it has to be looked at. */
export interface LookRequest {
  /** Relative to the source's root. */
  readonly path: string
}

/** What was found there. */
export type Look =
  | HashedFile
  | {readonly kind: 'symlink'; readonly target: string; readonly stamp: FileStamp}
  | {readonly kind: 'missing' | 'unreadable' | 'changing' | 'special' | 'directory'; readonly detail: string}

export interface LookOptions extends HashFilesOptions {
  readonly cache: StatCache
  /** Nothing says that they are files: each may be a link, a pipe, or gone. */
  readonly unsure: boolean
}

/** What was found, by position in the requests. */
export interface Looks {
  get(position: number): Look
}

/** Files that are being looked at. */
export interface Looking extends Looks {
  /** Yields how many requests are answered from the first one on, at last all of them. */
  answered(): AsyncGenerator<number, void>
}

/** Looks at files, reading only those whose stamp is not the remembered one. */
export async function lookAt(requests: readonly LookRequest[], options: LookOptions): Promise<Looks> {
  const looking = beginLooking(requests, options)
  const answered = looking.answered()
  while ((await answered.next()).done !== true);
  return looking
}

/** The same, for who has a use for the first answers while the last are not known. */
export function beginLooking(requests: readonly LookRequest[], options: LookOptions): Looking {
  const known = new Map<number, Look>()
  const unread: number[] = []
  const unreadPaths: string[] = []
  let position = 0
  for (const {path} of requests) {
    const look = options.unsure || options.cache.get(path) !== undefined ? lookOutside(path, options) : undefined
    if (look === undefined) {
      unread.push(position)
      unreadPaths.push(path)
    } else known.set(position, look)
    position++
  }
  const hashing = hashFiles(unreadPaths, options)
  const places = new Map(known.size === 0 ? [] : unread.map((position, i) => [position, i]))
  return {
    async *answered() {
      for await (const read of hashing.progress()) if (read < unread.length) yield unread[read] ?? 0
      if (requests.length > 0) yield requests.length
    },
    get(position) {
      const look = known.get(position)
      if (look !== undefined) return look
      const result = hashing.results.get(known.size === 0 ? position : (places.get(position) ?? 0))
      if (!('problem' in result)) return result
      // Something else took a file's place: one more look says what.
      if (result.problem === 'special')
        return lookOutside(requests[position]?.path ?? '', options) ?? {kind: 'changing', detail: result.detail}
      return {kind: result.problem === 'large' ? 'changing' : result.problem, detail: result.detail}
    },
  }
}

/** What can be said without reading content; `undefined` = it is a file to be read. */
function lookOutside(path: string, {root, cache}: LookOptions): Look | undefined {
  const absolute = join(root, path)
  try {
    const stat = lstatSync(absolute, {throwIfNoEntry: false})
    if (stat === undefined) return {kind: 'missing', detail: 'no such file'}
    const stamp = stampOf(stat)
    if (stat.isSymbolicLink()) return {kind: 'symlink', target: readlinkSync(absolute), stamp}
    if (stat.isDirectory()) return {kind: 'directory', detail: 'is a directory'}
    if (!stat.isFile()) return {kind: 'special', detail: 'is a device, a pipe or a socket'}
    const record = cache.get(path)
    if (record === undefined || record.bytes !== stat.size || !isSameStamp(record.stamp, stamp)) return undefined
    const {sha256, bytes, pointer} = record
    return {kind: 'file', fresh: false, sha256, bytes, pointer, stamp, executable: (stat.mode & 0o100) !== 0, oid: null}
  } catch (error) {
    return {
      kind: isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP') ? 'missing' : 'unreadable',
      detail: error instanceof Error ? error.message : String(error),
    }
  }
}

function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}
