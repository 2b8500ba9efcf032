import type {SourceEntry} from '@rch/contract/source'
import {canonicalEntries} from './canonical-entries.ts'

/** The entries of a scan, as far as anybody needs them: a tree that is as it was is hashed without making 100,000 objects. */
export interface Tree {
  readonly count: number
  /** Of all files together. */
  readonly bytes: number
  readonly largestFile: number
  /** Every directory that holds something, without those above it unless they do too. */
  readonly directories: Iterable<string>
  /** Sorted by the bytes of their paths; made when first asked for. */
  readonly entries: readonly SourceEntry[]
  /** The source tree hash, where it is known already. */
  readonly hash?: string
  /** The entries as one canonical JSON array, in pieces that are good until the next one is asked for. */
  canonical(): Iterable<Uint8Array | string>
}

/** A tree that is at hand as sorted entries. */
export function listedTree(entries: readonly SourceEntry[]): Tree {
  let bytes = 0
  let largestFile = 0
  for (const entry of entries) {
    if (entry.type !== 'file') continue
    bytes += entry.bytes
    if (entry.bytes > largestFile) largestFile = entry.bytes
  }
  return {
    count: entries.length,
    bytes,
    largestFile,
    entries,
    get directories() {
      return directoriesOf(entries)
    },
    canonical: () => canonicalEntries(entries),
  }
}

/** The directories of sorted entries, each once in a row. */
export function directoriesOf(entries: readonly SourceEntry[]): readonly string[] {
  const directories: string[] = []
  for (const {path} of entries) {
    const directory = directoryOf(path, directories.at(-1))
    if (directory !== undefined) directories.push(directory)
  }
  return directories
}

/** The directory of a path, when it is another one than that of the path before. */
export function directoryOf(path: string, previous: string | undefined): string | undefined {
  const end = path.lastIndexOf('/')
  if (previous !== undefined && Math.max(end, 0) === previous.length && path.startsWith(previous)) return undefined
  return end === -1 ? '' : path.slice(0, end)
}
