import {lstatSync, readFileSync, type Stats} from 'node:fs'
import type {SourceEntry} from '@rch/contract/source'
import {isErrno, writeFileAtomic} from '../../infra/files.ts'
import {bootId} from '../platform/process-identity.ts'

const LAYOUT = 1
/** A file changed this shortly before the index was saved may change again without its times showing it. */
const RACY_MS = 20

/** What a file looked like when its content was known: while this holds, its content holds. */
export interface FileStamp {
  readonly bytes: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
  readonly mode: number
}

/** What a slot's `src/` was made of, and how to tell whether it still is. */
export interface TreeIndex {
  readonly read_only: boolean
  readonly entries: ReadonlyMap<string, {readonly entry: SourceEntry; readonly stamp: FileStamp}>
  readonly saved_at: number
  /** False after a reboot: a power cut may have lost contents whose times look right. */
  readonly same_boot: boolean
}

export function stampOf(stat: Stats): FileStamp {
  return {bytes: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, ino: stat.ino, mode: stat.mode & 0o7777}
}

export function stampAt(path: string): FileStamp {
  return stampOf(lstatSync(path))
}

/** Whether a file is surely what it was when the index was saved. */
export function isUnchanged(index: TreeIndex, known: FileStamp, now: FileStamp): boolean {
  return (
    index.same_boot &&
    known.bytes === now.bytes &&
    known.mtimeMs === now.mtimeMs &&
    known.ctimeMs === now.ctimeMs &&
    known.ino === now.ino &&
    known.mode === now.mode &&
    Math.max(known.mtimeMs, known.ctimeMs) < index.saved_at - RACY_MS
  )
}

export function saveIndex(
  path: string,
  readOnly: boolean,
  entries: Iterable<{readonly entry: SourceEntry; readonly stamp: FileStamp}>,
): void {
  const rows = [...entries].map(({entry, stamp}) => [entry, stamp.bytes, stamp.mtimeMs, stamp.ctimeMs, stamp.ino, stamp.mode])
  writeFileAtomic(path, JSON.stringify({layout: LAYOUT, boot: bootId(), saved_at: Date.now(), read_only: readOnly, entries: rows}))
}

/** The saved index, or `null` when there is none that can be used. */
export function readIndex(path: string): TreeIndex | null {
  let saved: unknown
  try {
    saved = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
  if (!isSavedIndex(saved)) return null
  const entries = new Map(
    saved.entries.map(([entry, bytes, mtimeMs, ctimeMs, ino, mode]) => [entry.path, {entry, stamp: {bytes, mtimeMs, ctimeMs, ino, mode}}]),
  )
  return {read_only: saved.read_only, entries, saved_at: saved.saved_at, same_boot: saved.boot === bootId()}
}

/** It is written by us only, beside a tree that nobody else can reach: more than its layout is not checked. */
function isSavedIndex(value: unknown): value is SavedIndex {
  return typeof value === 'object' && value !== null && 'layout' in value && value.layout === LAYOUT
}

interface SavedIndex {
  readonly layout: number
  readonly boot: string
  readonly saved_at: number
  readonly read_only: boolean
  readonly entries: readonly (readonly [SourceEntry, number, number, number, number, number])[]
}
