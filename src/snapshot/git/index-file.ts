import {isUtf8} from 'node:buffer'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {INDEX_FLAGS, type GitIndex, type SplitLink} from './git-index.ts'
import {mergeSplitIndex} from './split-index.ts'

/** Thrown for what this reader does not know (sparse directories, a newer version): git itself has to be asked. */
export class UnknownIndex extends Error {}

/**
 * Reads `<gitDir>/index`, versions 2 to 4, split or not; an absent file is an empty index.
 * @throws UnknownIndex for anything else, a damaged file included.
 */
export function readGitIndex(gitDir: string, oidBytes: 20 | 32): GitIndex {
  let bytes: Buffer
  try {
    bytes = readFileSync(join(gitDir, 'index'))
  } catch {
    return emptyIndex(oidBytes)
  }
  const parsed = parseIndex(bytes, oidBytes)
  if (parsed.link === undefined) return parsed.index
  const shared = readFileSync(join(gitDir, `sharedindex.${parsed.link.base}`))
  return mergeSplitIndex(parseIndex(shared, oidBytes).index, parsed.index, parsed.link)
}

/** @param bytes a whole index file. */
export function parseIndex(bytes: Buffer, oidBytes: 20 | 32): {readonly index: GitIndex; readonly link: SplitLink | undefined} {
  if (bytes.length < 12 + oidBytes || bytes.readUInt32BE(0) !== SIGNATURE) throw new UnknownIndex('no index signature')
  const version = bytes.readUInt32BE(4)
  const count = bytes.readUInt32BE(8)
  if (version < 2 || version > 4) throw new UnknownIndex(`index version ${version}`)
  const limit = bytes.length - oidBytes
  if (count > limit / (42 + oidBytes)) throw new UnknownIndex(`${count} entries in ${bytes.length} bytes`)
  const entries = version === 4 ? readCompressed(bytes, count, oidBytes, limit) : readPadded(bytes, count, oidBytes, limit)
  const link = readExtensions(bytes, entries.end, limit, oidBytes)
  return {index: {...entries.fields, ...decodePaths(entries), count, bytes, oidBytes, hasStats: true}, link}
}

interface RawEntries {
  readonly fields: Pick<GitIndex, 'modes' | 'sizes' | 'flags' | 'oidOffsets'>
  /** Names as slices of `nameBytes`. */
  readonly nameBytes: Buffer
  readonly nameStarts: Uint32Array
  readonly nameEnds: Uint32Array
  readonly end: number
}

function readPadded(bytes: Buffer, count: number, oidBytes: number, limit: number): RawEntries {
  const fields = emptyFields(count)
  const nameStarts = new Uint32Array(count)
  const nameEnds = new Uint32Array(count)
  let at = 12
  for (let i = 0; i < count; i++) {
    const nameStart = readFixedPart(bytes, at, i, fields, oidBytes, limit)
    const length = word16(bytes, at + 40 + oidBytes) & 0xfff
    const nameEnd = length === 0xfff ? bytes.indexOf(0, nameStart + length) : nameStart + length
    if (nameEnd < nameStart || nameEnd >= limit || bytes[nameEnd] !== 0) throw new UnknownIndex(`bad name at ${at}`)
    nameStarts[i] = nameStart
    nameEnds[i] = nameEnd
    // One to eight NUL bytes bring every entry to a multiple of eight.
    at += (nameEnd - at + 8) & ~7
  }
  return {fields, nameBytes: bytes, nameStarts, nameEnds, end: at}
}

/** Version 4: each name is what it shares with the one before it, and a suffix. */
function readCompressed(bytes: Buffer, count: number, oidBytes: number, limit: number): RawEntries {
  const fields = emptyFields(count)
  const nameStarts = new Uint32Array(count)
  const nameEnds = new Uint32Array(count)
  let names = Buffer.allocUnsafe(Math.max(1024, bytes.length))
  let used = 0
  let previous = 0
  let at = 12
  for (let i = 0; i < count; i++) {
    let cursor = readFixedPart(bytes, at, i, fields, oidBytes, limit)
    let byte = bytes[cursor++] ?? 0
    let strip = byte & 0x7f
    while ((byte & 0x80) !== 0) {
      byte = bytes[cursor++] ?? 0
      strip = ((strip + 1) << 7) | (byte & 0x7f)
    }
    const end = bytes.indexOf(0, cursor)
    const kept = used - previous - strip
    if (end === -1 || end >= limit || kept < 0) throw new UnknownIndex(`bad name at ${at}`)
    const length = kept + end - cursor
    if (used + length > names.length) names = Buffer.concat([names, Buffer.allocUnsafe(names.length + length)])
    names.copyWithin(used, previous, previous + kept)
    bytes.copy(names, used + kept, cursor, end)
    nameStarts[i] = previous = used
    used += length
    nameEnds[i] = used
    at = end + 1
  }
  return {fields, nameBytes: names.subarray(0, used), nameStarts, nameEnds, end: at}
}

/** Fills the fields of entry `i` and returns where its name starts. */
function readFixedPart(bytes: Buffer, at: number, i: number, fields: RawEntries['fields'], oidBytes: number, limit: number): number {
  if (at + 42 + oidBytes > limit) throw new UnknownIndex(`entry ${i} is cut off`)
  fields.modes[i] = word32(bytes, at + 24)
  fields.sizes[i] = word32(bytes, at + 36)
  fields.oidOffsets[i] = at + 40
  const flagsAt = at + 40 + oidBytes
  const flags = word16(bytes, flagsAt)
  let own = ((flags & 0x8000) === 0 ? 0 : INDEX_FLAGS.assumeValid) | ((flags & 0x3000) === 0 ? 0 : INDEX_FLAGS.conflicted)
  const extended = (flags & 0x4000) !== 0
  if (extended) {
    const more = word16(bytes, flagsAt + 2)
    own |= ((more & 0x4000) === 0 ? 0 : INDEX_FLAGS.skipWorktree) | ((more & 0x2000) === 0 ? 0 : INDEX_FLAGS.intentToAdd)
  }
  fields.flags[i] = own
  return flagsAt + (extended ? 4 : 2)
}

function decodePaths({nameBytes, nameStarts, nameEnds}: RawEntries): Pick<GitIndex, 'paths' | 'undecodable'> {
  const text = joinedNames({nameBytes, nameStarts, nameEnds})
  const paths: string[] = []
  const undecodable: number[] = []
  for (let i = 0, at = 0; i < nameStarts.length; i++) {
    const start = nameStarts[i] ?? 0
    const end = nameEnds[i] ?? 0
    const name = text.slice(at, (at += end - start))
    if (!NOT_ASCII.test(name)) paths.push(name)
    else if (isUtf8(nameBytes.subarray(start, end))) paths.push(nameBytes.toString('utf8', start, end))
    else {
      undecodable.push(i)
      paths.push(name)
    }
  }
  return {paths, undecodable}
}

/** One conversion for all names: a slice of a one-byte string costs nothing, and keeps the whole, in which nothing but names may stand. */
function joinedNames({nameBytes, nameStarts, nameEnds}: Pick<RawEntries, 'nameBytes' | 'nameStarts' | 'nameEnds'>): string {
  const length = nameStarts.reduce((sum, start, i) => sum + (nameEnds[i] ?? 0) - start, 0)
  const names = Buffer.allocUnsafeSlow(length)
  for (let i = 0, at = 0; i < nameStarts.length; i++) at += nameBytes.copy(names, at, nameStarts[i], nameEnds[i])
  return names.toString('latin1')
}

const NOT_ASCII = /[\x80-\xff]/

function readExtensions(bytes: Buffer, start: number, limit: number, oidBytes: number): SplitLink | undefined {
  let link: SplitLink | undefined
  for (let at = start; at + 8 <= limit;) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = word32(bytes, at + 4)
    const body = bytes.subarray(at + 8, at + 8 + length)
    at += 8 + length
    if (at > limit) throw new UnknownIndex(`extension ${name} is cut off`)
    if (name === 'link') link = {base: body.toString('hex', 0, oidBytes), bitmaps: body.subarray(oidBytes)}
    // An extension whose name starts with a lower-case letter changes what the entries mean.
    else if (/^[a-z]/.test(name)) throw new UnknownIndex(`extension ${name}`)
  }
  // All zeros: the index is whole after all.
  return link === undefined || /^0+$/.test(link.base) ? undefined : link
}

/** Seconds since the epoch at which an entry's file had last changed when git recorded it. */
export function changedSecond({bytes, oidOffsets}: GitIndex, position: number): number {
  return word32(bytes, (oidOffsets[position] ?? 0) - 40)
}

/**
 * Whether a file still has the times that git recorded, to the nanosecond. Git itself compares whole seconds (unless built
 * otherwise), so a file rewritten within one second, its mtime put back, is unchanged to it.
 */
export function hasRecordedTimes(
  {bytes, oidOffsets, hasStats}: GitIndex,
  position: number,
  {ctimeMs, mtimeMs}: {readonly ctimeMs: number; readonly mtimeMs: number},
): boolean {
  const start = (oidOffsets[position] ?? 0) - 40
  const timeAt = (at: number) => word32(bytes, at) * 1000 + word32(bytes, at + 4) / 1e6
  return hasStats && timeAt(start) === ctimeMs && timeAt(start + 8) === mtimeMs
}

function emptyFields(count: number): RawEntries['fields'] {
  return {
    modes: new Uint32Array(count),
    sizes: new Uint32Array(count),
    flags: new Uint8Array(count),
    oidOffsets: new Uint32Array(count),
  }
}

function emptyIndex(oidBytes: 20 | 32): GitIndex {
  return {...emptyFields(0), count: 0, paths: [], undecodable: [], bytes: Buffer.alloc(0), oidBytes, hasStats: true}
}

function word32(bytes: Buffer, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
}

function word16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

const SIGNATURE = 0x44495243
