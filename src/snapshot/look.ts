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
  | (HashedFile & {
      readonly kind: 'file'
      /** Read in this pass, not remembered from an earlier one. */
      readonly fresh: boolean
    })
  | {readonly kind: 'symlink'; readonly target: string; readonly stamp: FileStamp}
  | {readonly kind: 'missing' | 'unreadable' | 'changing' | 'special' | 'directory'; readonly detail: string}

export interface LookOptions extends HashFilesOptions {
  readonly root: string
  readonly cache: StatCache
}

/** Looks at files, reading only those whose stamp is not the remembered one. Results in the order of `requests`. */
export async function lookAt(requests: readonly LookRequest[], options: LookOptions): Promise<readonly Look[]> {
  const looks = Array.from<Look>({length: requests.length})
  const unread: number[] = []
  for (const [i, request] of requests.entries()) {
    const known = request.unsure || options.cache.get(request.path) !== undefined ? lookOutside(request.path, options) : undefined
    if (known === undefined) unread.push(i)
    else looks[i] = known
  }
  if (unread.length === 0) return looks
  const hashed = await hashFiles(
    unread.map((i) => join(options.root, requests[i]?.path ?? '')),
    options,
  )
  for (const [k, i] of unread.entries()) {
    const result = hashed[k]
    const path = requests[i]?.path ?? ''
    if (result === undefined) throw new Error(`${path} was not hashed`)
    if (!('problem' in result)) looks[i] = {kind: 'file', fresh: true, ...result}
    // Something else took a file's place: one more look says what.
    else if (result.problem === 'special') looks[i] = lookOutside(path, options) ?? {kind: 'changing', detail: result.detail}
    else looks[i] = {kind: result.problem === 'large' ? 'changing' : result.problem, detail: result.detail}
  }
  return looks
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
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOTDIR' || error.code === 'ENOENT')
    return {kind: missing ? 'missing' : 'unreadable', detail: error instanceof Error ? error.message : String(error)}
  }
}

function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}
