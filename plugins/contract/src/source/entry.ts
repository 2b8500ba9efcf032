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

/** Byte order of two paths, the order of every manifest. */
export function comparePaths(a: string, b: string): number {
  // UTF-16 order equals UTF-8 byte order unless surrogates meet code units above them.
  if (a === b) return 0
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const SURROGATE = /[\ud800-\udfff]/

/** The identity of a source: modes, names and contents, nothing else. */
export function sourceTreeHash(entries: readonly SourceEntry[]): string {
  return hashCanonical(DOMAINS.sourceTree, entries)
}

/** The identity of a directory artifact. */
export function treeHash(entries: readonly SourceEntry[]): string {
  return hashCanonical(DOMAINS.tree, entries)
}
