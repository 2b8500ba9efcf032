import {join} from 'node:path'
import {comparePaths, type SourceEntry} from '@rch/contract/source'
import {lstatIfThere} from '../../infra/files.ts'
import type {BlobMap} from '../caches/blob-map.ts'
import type {Selection} from '../rules/selection.ts'
import type {StatCache} from '../caches/stat-cache.ts'
import type {ExcludedByRule} from '../scan.ts'
import {countExcluded, fileEntry, type FileMode, type TreeBuilder} from '../tree-builder.ts'
import type {Conversions} from './attributes.ts'
import {INDEX_FLAGS, type GitIndex} from './git-index.ts'
import {changedSecond, hasRecordedTimes} from './index-file.ts'

/** A tracked file whose content the index and the blob map do not tell. */
export interface UnknownFile {
  /** Relative to the source's root. */
  readonly path: string
  /** Position in the index. */
  readonly position: number
  readonly mode: FileMode
  /** Git's word that the file is unchanged counts for it. */
  readonly vouched: boolean
  readonly skipped: boolean
}

/** The tracked paths of one work tree, by how their content becomes known. */
export interface SortedIndex {
  /** Content known from the blob id, provided that git says "unchanged". In order. */
  readonly known: SourceEntry[]
  readonly unknown: UnknownFile[]
  readonly links: string[]
  readonly submodules: {readonly path: string; readonly oid: string}[]
  /** What rules leave out. */
  readonly excluded: Map<string, ExcludedByRule>
  /** How many files changed since `checkedBefore`. */
  recent: number
  /** When the last of the known files changed, as git recorded it; seconds since the epoch. */
  latestSecond: number
}

export interface SortIndexInput {
  readonly index: GitIndex
  /** Only paths below it count; it is cut off. */
  readonly prefix: string
  /** Put in front of every path: where this work tree lies in the source. */
  readonly at: string
  readonly selection: Selection
  readonly conversions: Conversions
  readonly blobs: BlobMap
  readonly cache: StatCache
  readonly builder: TreeBuilder
  /** Git compares less than we do: nothing is known from the index alone. */
  readonly weakStat: boolean
  /** Top of the work tree. */
  readonly top: string
  /** Files that had last changed before this second were found to have git's times after it; seconds since the epoch. */
  readonly checkedBefore: number
}

export function sortIndex(input: SortIndexInput): SortedIndex {
  const {index, prefix, at, selection, blobs, cache, builder} = input
  const sorted: SortedIndex = {known: [], unknown: [], links: [], submodules: [], excluded: new Map(), recent: 0, latestSecond: 0}
  const undecodable = new Set(index.undecodable)
  const doubted = doubtedPositions(input)
  let conflict = ''
  for (let i = 0; i < index.count; i++) {
    const full = index.paths[i] ?? ''
    if (prefix !== '' && !full.startsWith(prefix)) continue
    const path = at === '' && prefix === '' ? full : at + full.slice(prefix.length)
    const mode = index.modes[i] ?? 0
    const flags = index.flags[i] ?? 0
    if (!selection.keepsAllTracked) {
      const {included, rule} = selection.verdict(mode === GITLINK ? `${path}/` : path, 'tracked')
      if (rule !== undefined && !included) countExcluded(sorted.excluded, rule, 1)
      if (!included) continue
    }
    if (undecodable.size > 0 && undecodable.has(i)) builder.problems.add('unsafe_path', path, 'not UTF-8')
    else if ((flags & INDEX_FLAGS.conflicted) !== 0) {
      if (path !== conflict) builder.problems.add('merge_conflicts', path)
      conflict = path
    } else if (mode === GITLINK) sorted.submodules.push({path, oid: oidAt(index, i)})
    else if ((flags & (INDEX_FLAGS.intentToAdd | GUARDED)) === INDEX_FLAGS.intentToAdd) continue
    else if (mode === SYMLINK && (flags & GUARDED) === 0) sorted.links.push(path)
    else {
      // A link that git does not look at may be gone or anything else, as such a file may.
      const fileMode = (mode & 0o100) === 0 || mode === SYMLINK ? '100644' : '100755'
      let vouched = (flags & GUARDED) === 0 && !input.weakStat && !input.conversions.mayFilter(full)
      const found = vouched ? blobs.find(index.bytes, index.oidOffsets[i] ?? 0) : -1
      if (found !== -1) {
        // Conversions only ever shorten: equal sizes of file and blob are equal bytes.
        const bytes = blobs.sizeAt(found)
        const sha256 = blobs.sha256At(found)
        const second = index.hasStats ? changedSecond(index, i) : 0
        if (second > sorted.latestSecond) sorted.latestSecond = second
        if (second >= input.checkedBefore && index.hasStats) {
          sorted.recent++
          vouched = keepsItsTimes(index, i, join(input.top, full))
        }
        if (vouched && bytes % 2 ** 32 === index.sizes[i] && (!doubted.has(i) || cache.get(path)?.sha256 === sha256)) {
          sorted.known.push(fileEntry(path, fileMode, bytes, sha256))
          continue
        }
      }
      sorted.unknown.push({path, position: i, mode: fileMode, vouched, skipped: (flags & INDEX_FLAGS.skipWorktree) !== 0})
    }
  }
  return sorted
}

/** A file that cannot be looked at does not: whoever reads it then says why. */
function keepsItsTimes(index: GitIndex, position: number, path: string): boolean {
  try {
    const stat = lstatIfThere(path)
    return stat === undefined || hasRecordedTimes(index, position, stat)
  } catch {
    return false
  }
}

/**
 * Positions whose file was read before: what was found then has the last word over the blob. Searched from the few such files,
 * because asking for every tracked file costs more than all the rest.
 */
function doubtedPositions({index, prefix, at, cache}: SortIndexInput): ReadonlySet<number> {
  const positions = new Set<number>()
  for (const path of cache.paths) {
    if (!path.startsWith(at)) continue
    const full = prefix + path.slice(at.length)
    let low = 0
    let high = index.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comparePaths(index.paths[middle] ?? '', full) < 0) low = middle + 1
      else high = middle
    }
    if (index.paths[low] === full) positions.add(low)
  }
  return positions
}

export function oidAt(index: GitIndex, position: number): string {
  const start = index.oidOffsets[position] ?? 0
  return index.bytes.toString('hex', start, start + index.oidBytes)
}

/** Git does not look at these. */
const GUARDED = INDEX_FLAGS.assumeValid | INDEX_FLAGS.skipWorktree
const GITLINK = 0o160000
const SYMLINK = 0o120000
