import {comparePaths, type SourceEntry} from '@rch/contract/source'

/** How one source differs from an earlier one. Paths sorted by bytes. */
export interface TreeChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly unchanged: number
  /** More than half of the earlier source is gone or different: perhaps the wrong directory, or a rule that takes too much. */
  readonly drastic: boolean
}

/** @param before and `after` are sorted, as every manifest is. */
export function compareTrees(before: readonly SourceEntry[], after: readonly SourceEntry[]): TreeChanges {
  const added: string[] = []
  const changed: string[] = []
  const removed: string[] = []
  let unchanged = 0
  for (let i = 0, k = 0; i < before.length || k < after.length;) {
    const a = before[i]
    const b = after[k]
    const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.path, b.path)
    if (order <= 0) i++
    if (order >= 0) k++
    if (order < 0) removed.push(a?.path ?? '')
    else if (order > 0) added.push(b?.path ?? '')
    else if (a !== undefined && b !== undefined && isSame(a, b)) unchanged++
    else changed.push(b?.path ?? '')
  }
  return {added, changed, removed, unchanged, drastic: (removed.length + changed.length) * 2 > before.length}
}

function isSame(a: SourceEntry, b: SourceEntry): boolean {
  if (a.type === 'symlink') return b.type === 'symlink' && a.link_target === b.link_target
  return b.type === 'file' && a.sha256 === b.sha256 && a.mode === b.mode
}
