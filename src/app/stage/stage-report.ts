import type {SourceEntry} from '@rch/contract/source'
import type {LastStaged} from './last-staged.ts'
import {compareTrees, type ExcludedGroup, type Snapshot, type TreeChanges} from '../../snapshot/index.ts'

/** What `rch xcode stage` tells: what would go to a worker, what stays here and why, and what changed. */
export interface StageReport {
  readonly source_tree_hash: string
  readonly vcs: Snapshot['vcs']
  readonly files: number
  readonly symlinks: number
  readonly bytes: number
  /** Folders of the first two levels, the largest first; `''` holds the files of the root. */
  readonly folders: readonly FolderSize[]
  readonly largest: readonly {readonly path: string; readonly bytes: number}[]
  readonly excluded: readonly ExcludedGroup[]
  /** The worker that got the last source, and when; `null` when there is no earlier run to compare with. */
  readonly compared_with: {readonly worker: string; readonly staged_at: string} | null
  readonly changes: TreeChanges | null
  /** Distinct contents that the last source did not hold: what a worker that has all of that one lacks. */
  readonly new_content: {readonly files: number; readonly bytes: number}
}

export interface FolderSize {
  readonly path: string
  readonly files: number
  readonly bytes: number
}

export interface StageReportInput {
  readonly snapshot: Pick<Snapshot, 'entries' | 'sourceTreeHash' | 'vcs'>
  readonly excluded: readonly ExcludedGroup[]
  /** What the last run of this repository staged. */
  readonly previous: Pick<LastStaged, 'entries' | 'worker' | 'at'> | null
}

export function stageReport({snapshot, excluded, previous}: StageReportInput): StageReport {
  const files = snapshot.entries.flatMap((entry) => (entry.type === 'file' ? [{path: entry.path, bytes: entry.bytes}] : []))
  return {
    source_tree_hash: snapshot.sourceTreeHash,
    vcs: snapshot.vcs,
    files: files.length,
    symlinks: snapshot.entries.length - files.length,
    bytes: files.reduce((sum, {bytes}) => sum + bytes, 0),
    folders: folderSizes(files),
    largest: files.toSorted((a, b) => b.bytes - a.bytes).slice(0, LARGEST),
    excluded,
    compared_with: previous === null ? null : {worker: previous.worker, staged_at: previous.at.toISOString()},
    changes: previous === null ? null : compareTrees(previous.entries, snapshot.entries),
    new_content: newContent(previous?.entries ?? [], snapshot.entries),
  }
}

const LARGEST = 10

function newContent(before: readonly SourceEntry[], after: readonly SourceEntry[]): StageReport['new_content'] {
  const known = new Set(before.map((entry) => (entry.type === 'file' ? entry.sha256 : '')))
  const sum = {files: 0, bytes: 0}
  for (const entry of after) {
    if (entry.type !== 'file' || known.has(entry.sha256)) continue
    known.add(entry.sha256)
    sum.files++
    sum.bytes += entry.bytes
  }
  return sum
}

function folderSizes(files: readonly {readonly path: string; readonly bytes: number}[]): readonly FolderSize[] {
  const sizes = new Map<string, {path: string; files: number; bytes: number}>()
  for (const {path, bytes} of files) {
    const components = path.split('/').slice(0, -1)
    const folders = components.length === 0 ? [''] : components.slice(0, 2).map((_, i) => components.slice(0, i + 1).join('/'))
    for (const folder of folders) {
      const size = sizes.get(folder) ?? {path: folder, files: 0, bytes: 0}
      sizes.set(folder, size)
      size.files++
      size.bytes += bytes
    }
  }
  return [...sizes.values()].toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))
}
