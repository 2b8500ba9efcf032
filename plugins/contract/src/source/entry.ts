import {createHash} from 'node:crypto'
import {DOMAINS, hashCanonical} from '../identity/hash.ts'

export interface SourceFile {
  /** UTF-8, `/`-separated, relative, as stored. */
  readonly path: string
  readonly type: 'file'
  readonly mode: '100644' | '100755'
  readonly bytes: number
  readonly sha256: string
}

export interface SourceSymlink {
  readonly path: string
  readonly type: 'symlink'
  readonly mode: '120000'
  readonly link_target: string
}

/** One line of a source manifest or of a directory artifact's tree: no other keys, none null. */
export type SourceEntry = SourceFile | SourceSymlink

/** `source_manifest.json`: one document for all steps of a run, entries sorted by the UTF-8 bytes of their paths. */
export interface SourceManifest {
  readonly schema_id: 'rch-xcode/source_manifest@1'
  readonly schema_version: 1
  readonly kind: 'source_manifest'
  readonly lane_version: string
  readonly created_at: string
  readonly source_tree_hash: string
  readonly entries: readonly SourceEntry[]
}

/** The identity of a source: modes, names and contents, nothing else. */
export function sourceTreeHash(entries: readonly SourceEntry[]): string {
  const hash = createHash('sha256').update(DOMAINS.sourceTree)
  for (const piece of canonicalPieces(entries)) hash.update(piece)
  return hash.digest('hex')
}

/** `canonicalEntries`, some hundred entries at a time: all of a large source at once would be the largest thing in memory. */
function* canonicalPieces(entries: readonly SourceEntry[]): Generator<string, void, undefined> {
  yield '['
  for (let at = 0; at < entries.length; at += ENTRIES_PER_PIECE) {
    const part = entries.slice(at, at + ENTRIES_PER_PIECE)
    yield `${at === 0 ? '' : ','}${part.map((entry) => canonicalEntry(entry)).join(',')}`
  }
  yield ']'
}

const ENTRIES_PER_PIECE = 500

/**
 * The canonical JSON of entries, as `canonicalJson` writes it but several times faster: a source has tens of thousands.
 * Throws a TypeError for a name that is not well-formed Unicode.
 */
export function canonicalEntries(entries: readonly SourceEntry[]): string {
  return `[${entries.map((entry) => canonicalEntry(entry)).join(',')}]`
}

/** One of `canonicalEntries`. */
export function canonicalEntry(entry: SourceEntry): string {
  if (!entry.path.isWellFormed()) throw new TypeError('canonical JSON: lone surrogate in a path')
  if (entry.type === 'file') {
    const {bytes, mode, path, sha256} = entry
    if (!Number.isSafeInteger(bytes)) throw new TypeError(`canonical JSON: ${bytes} bytes`)
    return `{"bytes":${bytes},"mode":"${mode}","path":${JSON.stringify(path)},"sha256":"${sha256}","type":"file"}`
  }
  if (!entry.link_target.isWellFormed()) throw new TypeError('canonical JSON: lone surrogate in a link')
  return `{"link_target":${JSON.stringify(entry.link_target)},"mode":"120000","path":${JSON.stringify(entry.path)},"type":"symlink"}`
}

/** The identity of a directory artifact. */
export function treeHash(entries: readonly SourceEntry[]): string {
  return hashCanonical(DOMAINS.tree, entries)
}
