import {comparePaths, type SourceEntry, type SourceFile} from '@rch/contract/source'
import {EntryWriter} from '../../tree/canonical-entries.ts'

/** Sorted file entries as their own canonical JSON, one after the other with commas between. */
export interface PackedEntries {
  readonly count: number
  readonly text: Buffer
  /** Where each entry starts; one more for where the text would go on. */
  readonly offsets: Uint32Array
}

/** The text of sorted entries in pieces, with the offsets of `PackedEntries`. */
export function packEntries(entries: readonly SourceEntry[]): {readonly pieces: readonly Uint8Array[]; readonly offsets: Uint32Array} {
  const writer = new EntryWriter()
  const pieces: Uint8Array[] = []
  const offsets = new Uint32Array(entries.length + 1)
  let written = 0
  for (const [i, entry] of entries.entries()) {
    writer.entry(entry)
    writer.text(',')
    offsets[i + 1] = written + writer.length
    if (writer.length < PIECE) continue
    written += writer.length
    pieces.push(Uint8Array.from(writer.taken()))
  }
  pieces.push(Uint8Array.from(writer.taken()))
  return {pieces, offsets}
}

const PIECE = 256 * 1024

// oxlint-disable-next-line no-control-regex -- the range is "ASCII"
const NOT_ASCII = /[^\x00-\x7f]/

/** Canonical text of the entries from `start` to `end` (exclusive), each followed by a comma. */
export function textOf({text, offsets}: PackedEntries, start: number, end: number): Buffer {
  return text.subarray(offsets[start] ?? 0, offsets[end] ?? 0)
}

/** The position of a path, or of the first one after it. */
export function positionOf(packed: PackedEntries, path: string): {readonly position: number; readonly found: boolean} {
  let low = 0
  let high = packed.count
  while (low < high) {
    const middle = (low + high) >>> 1
    const order = comparePaths(entryAt(packed, middle).path, path)
    if (order === 0) return {position: middle, found: true}
    if (order < 0) low = middle + 1
    else high = middle
  }
  return {position: low, found: false}
}

function entryAt({text, offsets}: PackedEntries, position: number): SourceFile {
  return parseEntry(text.toString('utf8', offsets[position] ?? 0, (offsets[position + 1] ?? 1) - 1))
}

/** All entries as objects. */
export function unpackEntries({count, text, offsets}: PackedEntries): SourceFile[] {
  const entries: SourceFile[] = []
  // A one-byte string shares its slices; where a character takes more, each entry is decoded by itself.
  const whole = text.toString('latin1')
  const plain = !NOT_ASCII.test(whole)
  for (let i = 0; i < count; i++) {
    const start = offsets[i] ?? 0
    const end = (offsets[i + 1] ?? 1) - 1
    entries.push(parseEntry(plain ? whole.slice(start, end) : text.toString('utf8', start, end)))
  }
  return entries
}

/** `{"bytes":…,"mode":"…","path":"…","sha256":"…","type":"file"}`: everything but the path has a fixed place. */
function parseEntry(text: string): SourceFile {
  const bytesEnd = text.indexOf(',', BYTES_START)
  const modeStart = bytesEnd + ',"mode":"'.length
  const pathStart = modeStart + '100644","path":"'.length
  const pathEnd = text.length - TAIL_LENGTH
  const path = text.slice(pathStart, pathEnd)
  return {
    path: path.includes('\\') ? unquote(path) : path,
    type: 'file',
    mode: text.charCodeAt(modeStart + 3) === EXECUTABLE ? '100755' : '100644',
    bytes: Number(text.slice(BYTES_START, bytesEnd)),
    sha256: text.slice(pathEnd + '","sha256":"'.length, pathEnd + '","sha256":"'.length + 64),
  }
}

const BYTES_START = '{"bytes":'.length
const TAIL_LENGTH = '","sha256":"'.length + 64 + '","type":"file"}'.length
const EXECUTABLE = '7'.charCodeAt(0)

function unquote(text: string): string {
  const value: unknown = JSON.parse(`"${text}"`)
  return typeof value === 'string' ? value : ''
}
