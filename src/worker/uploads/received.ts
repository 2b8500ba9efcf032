import {closeSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../infra/files.ts'
import {openMaking} from '../blobs/blob-files.ts'

/** How many chunks beyond the gap are kept. */
export const MAX_AHEAD = 3
/** With so many records, those without a gap become one: every request reads them all. */
const FOLD_AT = 16

export interface ReceivedChunk {
  readonly from: number
  readonly to: number
  /** Bytes as sent. */
  readonly sent: number
  readonly name: string
}

/**
 * Which ranges of a stream have arrived: one file per chunk, whose name says it all. Creating one is atomic, so any number of
 * processes may record chunks of one upload at once, and none needs to be the last.
 */
export class Received {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  chunks(): readonly ReceivedChunk[] {
    return list(this.directory)
      .map((name) => parse(name))
      .filter((chunk) => chunk !== null)
      .toSorted((a, b) => a.from - b.from || b.to - a.to)
  }

  record(chunk: Omit<ReceivedChunk, 'name'>): void {
    closeSync(openMaking(join(this.directory, `${chunk.from}-${chunk.to}-${chunk.sent}`), 'w', 0o600))
  }

  /**
   * Keeps the records few. What an earlier record covers goes only now: whoever listed the directory while that one appeared
   * may have missed it, and must then have found the others.
   */
  fold(): void {
    const chunks = this.chunks()
    if (chunks.length < FOLD_AT) return
    const outer = withoutCovered(chunks)
    for (const chunk of chunks) if (!outer.includes(chunk)) this.forget(chunk)
    const to = contiguousEnd(outer)
    this.record({from: 0, to, sent: sentBytes(outer.filter((chunk) => chunk.to <= to))})
  }

  forget(chunk: ReceivedChunk): void {
    rmSync(join(this.directory, chunk.name), {force: true})
  }
}

/** The end of what has arrived from the start on without a gap. */
export function contiguousEnd(chunks: readonly ReceivedChunk[]): number {
  let end = 0
  for (const {from, to} of chunks) if (from <= end) end = Math.max(end, to)
  return end
}

/** How many bytes were sent for what has arrived. */
export function sentBytes(chunks: readonly ReceivedChunk[]): number {
  return withoutCovered(chunks).reduce((sum, {sent}) => sum + sent, 0)
}

/** Those that do not lie in another one; `chunks` are in the order in which they are listed. */
function withoutCovered(chunks: readonly ReceivedChunk[]): readonly ReceivedChunk[] {
  let end = 0
  return chunks.filter(({to}) => to > end && (end = to) > 0)
}

/** Whether all of `[from, to)` has arrived. */
export function isCovered(chunks: readonly ReceivedChunk[], from: number, to: number): boolean {
  let end = from
  for (const chunk of chunks) if (chunk.from <= end) end = Math.max(end, chunk.to)
  return end >= to
}

/** The bytes of a stream that has arrived without a gap. */
export function joined(chunks: readonly ReceivedChunk[], read: (chunk: ReceivedChunk) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let end = 0
  for (const chunk of chunks) {
    if (chunk.to <= end) continue
    parts.push(read(chunk).subarray(end - chunk.from, chunk.to - chunk.from))
    end = chunk.to
  }
  return Buffer.concat(parts)
}

export type Admission =
  | {readonly kind: 'take'; /** Kept chunks that this one replaces. */ readonly replaces: readonly ReceivedChunk[]}
  | {readonly kind: 'known'}
  | {readonly kind: 'refuse'}

/**
 * Whether a chunk fits: at the end of what is there (it then replaces kept chunks it overlaps, which nobody acknowledged), or a
 * little ahead without overlapping another. A kept one that comes again is known already; anything else is refused.
 */
export function admit(chunks: readonly ReceivedChunk[], from: number, to: number, maxChunkBytes: number): Admission {
  const end = contiguousEnd(chunks)
  if (from < end) return {kind: 'refuse'}
  const ahead = chunks.filter((chunk) => chunk.from > end)
  const overlapping = ahead.filter((chunk) => chunk.from < to && chunk.to > from)
  if (from === end) return {kind: 'take', replaces: overlapping}
  if (overlapping.some((chunk) => chunk.from === from && chunk.to === to)) return {kind: 'known'}
  if (overlapping.length > 0 || ahead.length >= MAX_AHEAD || from > end + MAX_AHEAD * maxChunkBytes) return {kind: 'refuse'}
  return {kind: 'take', replaces: []}
}

function parse(name: string): ReceivedChunk | null {
  const found = /^(\d{1,16})-(\d{1,16})-(\d{1,16})$/.exec(name)
  return found === null ? null : {from: Number(found[1]), to: Number(found[2]), sent: Number(found[3]), name}
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
