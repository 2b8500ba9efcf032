import {lstatSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {stampOf, type FileStamp, type HashedFile} from './hash/hash-file.ts'
import {hashFiles, type HashFilesOptions} from './hash/hash-files.ts'
import type {StatCache} from './stat-cache.ts'

/** A path whose content no index vouches for: it has to be looked at. */
export interface LookRequest {
  /** Relative to the source's root. */
  readonly path: string
  /** Its kind is unknown: it may be a link, a pipe, or gone. */
  readonly unsure: boolean
}

/** What was found there. */
export type Look =
  | HashedFile
  | {readonly kind: 'symlink'; readonly target: string; readonly stamp: FileStamp}
  | {readonly kind: 'missing' | 'unreadable' | 'changing' | 'special' | 'directory'; readonly detail: string}

export interface LookOptions extends HashFilesOptions {
  readonly cache: StatCache
}

/** What was found, by position in the requests. */
export interface Looks {
  get(position: number): Look
}

/** Looks at files, reading only those whose stamp is not the remembered one. */
export async function lookAt(requests: readonly LookRequest[], options: LookOptions): Promise<Looks> {
  const known = new Map<number, Look>()
  const unread: number[] = []
  for (const [i, {path, unsure}] of requests.entries()) {
    const look = unsure || options.cache.get(path) !== undefined ? lookOutside(path, options) : undefined
    if (look === undefined) unread.push(i)
    else known.set(i, look)
  }
  if (unread.length === 0) return {get: (position) => known.get(position) ?? NOTHING}
  const hashed = await hashFiles(
    unread.map((i) => requests[i]?.path ?? ''),
    options,
  )
  const places = new Map(known.size === 0 ? [] : unread.map((position, i) => [position, i]))
  return {
    get(position) {
      const look = known.get(position)
      if (look !== undefined) return look
      const result = hashed.get(known.size === 0 ? position : (places.get(position) ?? 0))
      if (!('problem' in result)) return result
      // Something else took a file's place: one more look says what.
      if (result.problem === 'special')
        return lookOutside(requests[position]?.path ?? '', options) ?? {kind: 'changing', detail: result.detail}
      return {kind: result.problem === 'large' ? 'changing' : result.problem, detail: result.detail}
    },
  }
}

const NOTHING: Look = {kind: 'missing', detail: 'not looked at'}

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
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOTDIR' || error.code === 'ENOENT')
    return {kind: missing ? 'missing' : 'unreadable', detail: error instanceof Error ? error.message : String(error)}
  }
}

function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}
