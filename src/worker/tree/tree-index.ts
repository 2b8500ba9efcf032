import {lstatSync, type Stats} from 'node:fs'
import type {SourceEntry} from '@rch/contract/source'
import {readSealed, writeSealed} from '../../infra/sealed-file.ts'
import {bootId} from '../../infra/process-identity.ts'

const LAYOUT = 2
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

/** @param stamps of all entries, by path. */
export function saveIndex(path: string, readOnly: boolean, entries: readonly SourceEntry[], stamps: ReadonlyMap<string, FileStamp>): void {
  writeSealed(path, indexLines(readOnly, entries, stamps))
}

/** A line for the whole, then one for each entry, some hundred at a time: all of them at once would be the largest thing in memory. */
function* indexLines(
  readOnly: boolean,
  entries: readonly SourceEntry[],
  stamps: ReadonlyMap<string, FileStamp>,
): Generator<string, void, undefined> {
  const head: IndexHead = {layout: LAYOUT, boot: bootId(), saved_at: Date.now(), read_only: readOnly, count: entries.length}
  yield `${JSON.stringify(head)}\n`
  for (let at = 0; at < entries.length; at += LINES_PER_PIECE) {
    const lines = entries.slice(at, at + LINES_PER_PIECE).map((entry) => {
      const stamp = stamps.get(entry.path)
      if (stamp === undefined) throw new Error(`${entry.path} was not placed`)
      const row: IndexRow = [entry, stamp.bytes, stamp.mtimeMs, stamp.ctimeMs, stamp.ino, stamp.mode]
      return `${JSON.stringify(row)}\n`
    })
    yield lines.join('')
  }
}

const LINES_PER_PIECE = 500

/** The saved index, or `null` when there is none that can be used. */
export function readIndex(path: string): TreeIndex | null {
  const saved = readSealed(path)
  return saved === undefined ? null : parseIndex(saved)
}

function parseIndex(saved: Buffer): TreeIndex | null {
  const lines = linesOf(saved)
  const head: unknown = JSON.parse(lines.next().value ?? '')
  if (!isHead(head)) return null
  const entries = new Map<string, {readonly entry: SourceEntry; readonly stamp: FileStamp}>()
  for (const line of lines) {
    const [entry, bytes, mtimeMs, ctimeMs, ino, mode]: IndexRow = JSON.parse(line)
    entries.set(entry.path, {entry, stamp: {bytes, mtimeMs, ctimeMs, ino, mode}})
  }
  if (entries.size !== head.count) return null
  return {read_only: head.read_only, entries, saved_at: head.saved_at, same_boot: head.boot === bootId()}
}

function* linesOf(bytes: Buffer): Generator<string, undefined, undefined> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at)
    yield bytes.toString('utf8', at, end === -1 ? bytes.length : end)
    at = end === -1 ? bytes.length : end + 1
  }
}

/** It is written by us only and sealed: more than its layout is not checked. */
function isHead(value: unknown): value is IndexHead {
  return typeof value === 'object' && value !== null && 'layout' in value && value.layout === LAYOUT
}

interface IndexHead {
  readonly layout: number
  readonly boot: string
  readonly saved_at: number
  readonly read_only: boolean
  readonly count: number
}

type IndexRow = readonly [entry: SourceEntry, bytes: number, mtimeMs: number, ctimeMs: number, ino: number, mode: number]
