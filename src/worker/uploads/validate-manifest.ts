import {RchError, type ErrorCode} from '@rch/contract'
import {DOMAINS, SHA256, sha256} from '@rch/contract/identity'
import {parseStrictJson, StrictJsonError} from '@rch/contract/json'
import {
  canonicalEntry,
  collisionKey,
  comparePaths,
  escapingLinks,
  pathProblem,
  sourceTreeHash,
  type SourceEntry,
  type SourceFile,
  type SourceSymlink,
} from '@rch/contract/source'

export interface ManifestLimits {
  readonly max_entries: number
  readonly max_blob_bytes: number
}

export interface CheckedManifest {
  readonly source_tree_hash: string
  readonly entries: readonly SourceEntry[]
  /** Of all files together. */
  readonly bytes: number
}

/** What an entry takes at most in JSON, for bounding a manifest before it is read. */
export const MAX_ENTRY_BYTES = 2500
const MAX_LINK_BYTES = 1023
const SHOWN = 20
/** A repository's own metadata is never source: git would run what a staged `.git/config` names. */
const RESERVED = /(^|\/)\.git(\/|$)/

/**
 * A source manifest as it came from outside, checked as hostile input: its form, every name, no two entries that are one file
 * on a Mac or stand in each other's way, links that stay inside however they are chained, sizes and counts within the
 * limits, order, and the hash it claims. Throws an RchError that names what is wrong; never repairs, never drops an entry.
 */
export function validateManifest(bytes: Uint8Array, limits: ManifestLimits): CheckedManifest {
  const {document, canonical} = parseCanonical(bytes) ?? {document: parse(bytes), canonical: null}
  if (document['schema_id'] !== 'rch-xcode/source_manifest@1') throw malformed(`schema_id is ${show(document['schema_id'])}`)
  if (document['schema_version'] !== 1) throw malformed(`schema_version is ${show(document['schema_version'])}`)
  if (document['kind'] !== 'source_manifest') throw malformed(`kind is ${show(document['kind'])}`)
  const claimed = document['source_tree_hash']
  if (typeof claimed !== 'string' || !SHA256.test(claimed)) throw malformed(`source_tree_hash is ${show(claimed)}`)
  const entries = entriesOf(document['entries'])
  if (entries.length > limits.max_entries) throw tooLarge('max_entries', limits.max_entries, entries.length)
  checkNames(entries)
  const total = checkContents(entries, limits)
  const escaping = escapingLinks(entries)
  if (escaping.length > 0) throw refused('unsafe_symlink_target', escaping)
  const got = canonical === null ? sourceTreeHash(entries) : sha256(DOMAINS.sourceTree, canonical)
  if (got !== claimed) throw new RchError('source_hash_mismatch', undefined, {data: {got, expected: claimed}})
  return {source_tree_hash: claimed, entries, bytes: total}
}

interface Parsed {
  readonly document: Readonly<Record<string, unknown>>
  /** The bytes of the entries: exactly their canonical form. */
  readonly canonical: Uint8Array
}

/**
 * Reads a manifest whose entries stand in their canonical form, as our hosts write them: text that equals what its own entries
 * are written as hides nothing, so only the little around it needs the slow strict reader. `null` for any other text.
 */
function parseCanonical(bytes: Uint8Array): Parsed | null {
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    const at = text.indexOf(ENTRIES_KEY) + ENTRIES_KEY.length
    if (at < ENTRIES_KEY.length || !FIRST_ENTRY.test(text.slice(at, at + 20))) return null
    const whole: unknown = JSON.parse(text)
    if (!isRecord(whole)) return null
    const entries = entriesOf(whole['entries'])
    const end = endOfCanonical(text, at, entries)
    if (end === null) return null
    const [head, tail] = [text.slice(0, at), text.slice(end)]
    const rest = parseStrictJson(`${head}[]${tail}`, {maxDepth: 8})
    if (!isRecord(rest)) return null
    const canonical = bytes.subarray(Buffer.byteLength(head), bytes.length - Buffer.byteLength(tail))
    return {document: {...rest, entries}, canonical}
  } catch {
    // Whatever is wrong, the strict reader says it better.
    return null
  }
}

/** Where the canonical form of the entries that starts at `at` ends, or `null` when something else stands there. */
function endOfCanonical(text: string, at: number, entries: readonly SourceEntry[]): number | null {
  let position = at
  for (const [index, entry] of entries.entries()) {
    const piece = (index === 0 ? '[' : ',') + canonicalEntry(entry)
    if (!text.startsWith(piece, position)) return null
    position += piece.length
  }
  const close = entries.length === 0 ? '[]' : ']'
  return text.startsWith(close, position) ? position + close.length : null
}

const ENTRIES_KEY = '"entries":'
/** How the canonical form begins: keys in order, nothing between. */
const FIRST_ENTRY = /^\[(?:\]|\{"(?:bytes|link_target)":)/

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = parseStrictJson(bytes, {maxBytes: bytes.length, maxDepth: 8})
  } catch (error) {
    if (error instanceof StrictJsonError) throw malformed(`${error.message}${error.offset === null ? '' : ` at ${error.offset}`}`)
    throw error
  }
  if (!isRecord(value)) throw malformed('it is not an object')
  return value
}

function entriesOf(rows: unknown): readonly SourceEntry[] {
  if (!Array.isArray(rows)) throw malformed('entries is not an array')
  return rows.map((row: unknown, index) => entryOf(row, index))
}

/** The row itself when it is an entry and nothing more: there are tens of thousands. */
function entryOf(row: unknown, index: number): SourceEntry {
  if (!isRecord(row)) throw malformed(`entry ${index} is not an object`)
  if (isFile(row) || isSymlink(row)) return row
  throw malformed(`entry ${index} is neither a file nor a link: ${show(row)}`)
}

function isFile(row: object): row is SourceFile {
  if (!('type' in row && 'mode' in row && 'bytes' in row && 'sha256' in row && 'path' in row)) return false
  const {path, type, mode, bytes, sha256} = row
  return (
    type === 'file' &&
    (mode === '100644' || mode === '100755') &&
    typeof path === 'string' &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    typeof sha256 === 'string' &&
    SHA256.test(sha256) &&
    Object.keys(row).length === 5
  )
}

function isSymlink(row: object): row is SourceSymlink {
  if (!('type' in row && 'mode' in row && 'link_target' in row && 'path' in row)) return false
  const {path, type, mode, link_target} = row
  const known = type === 'symlink' && mode === '120000' && typeof path === 'string' && typeof link_target === 'string'
  return known && Object.keys(row).length === 4
}

function checkNames(entries: readonly SourceEntry[]): void {
  const keys = entries.map(({path}) => collisionKey(path))
  const long = entries.filter((entry) => entry.type === 'symlink' && Buffer.byteLength(entry.link_target) > MAX_LINK_BYTES)
  if (long.length > 0)
    throw refused(
      'unsafe_symlink_target',
      long.map(({path}) => path),
    )
  const unsafe = entries.filter(({path}, index) => pathProblem(path) !== undefined || RESERVED.test(keys[index]!)).map(({path}) => path)
  if (unsafe.length > 0) throw refused('unsafe_path', unsafe)
  const names = new Map<string, string>()
  for (const [index, {path}] of entries.entries()) {
    const previous = entries[index - 1]
    if (previous !== undefined && comparePaths(previous.path, path) > 0) throw malformed(`entry ${index} is out of order`)
    const key = keys[index]!
    const rival = names.get(key)
    if (rival !== undefined) throw refused('path_collision', [rival, path])
    names.set(key, path)
  }
  checkDirectories(entries, names)
}

/** No directory may be an entry as well, nor be spelt in two ways that a Mac takes for one. */
function checkDirectories(entries: readonly SourceEntry[], names: ReadonlyMap<string, string>): void {
  const seen = new Set<string>()
  const directories = new Map<string, string>()
  for (const {path} of entries) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const directory = path.slice(0, slash)
      if (seen.has(directory)) break
      seen.add(directory)
      const key = collisionKey(directory)
      const rival = names.get(key) ?? directories.get(key)
      if (rival !== undefined) throw refused('path_collision', [rival, path])
      directories.set(key, directory)
    }
  }
}

function checkContents(entries: readonly SourceEntry[], limits: ManifestLimits): number {
  const sizes = new Map<string, number>()
  let total = 0
  for (const entry of entries) {
    if (entry.type !== 'file') continue
    if (entry.bytes > limits.max_blob_bytes) throw tooLarge('max_blob_bytes', limits.max_blob_bytes, entry.bytes, entry.path)
    const other = sizes.get(entry.sha256)
    if (other !== undefined && other !== entry.bytes)
      throw malformed(`${show(entry.path)} has a digest that another entry has with ${other} bytes`)
    sizes.set(entry.sha256, entry.bytes)
    total += entry.bytes
  }
  if (!Number.isSafeInteger(total)) throw malformed('its sizes add up beyond 2^53')
  return total
}

/** A content of a manifest, with the index of the first entry that has it. */
export interface IndexedBlob {
  readonly sha256: string
  readonly bytes: number
  readonly index: number
}

/** The distinct contents of a manifest, first occurrence first. */
export function distinctBlobs(entries: readonly SourceEntry[]): readonly IndexedBlob[] {
  const seen = new Set<string>()
  const blobs: IndexedBlob[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry.type !== 'file') continue
    const {sha256, bytes} = entry
    const known = seen.size
    if (seen.add(sha256).size > known) blobs.push({sha256, bytes, index})
  }
  return blobs
}

export function tooLarge(limitName: string, limit: number, got: number, path?: string): RchError {
  return new RchError('payload_too_large', undefined, {data: {limit_name: limitName, limit, got, ...(path === undefined ? {} : {path})}})
}

function refused(code: ErrorCode, paths: readonly string[]): RchError {
  return new RchError(code, undefined, {data: {paths: paths.slice(0, SHOWN), count: paths.length}})
}

function malformed(problem: string): RchError {
  return new RchError('protocol_error', `The manifest is malformed: ${problem}.`, {data: {field: 'manifest', problem}})
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 120)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
