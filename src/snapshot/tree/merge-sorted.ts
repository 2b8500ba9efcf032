import {comparePaths, type SourceEntry} from '@rch/contract/source'

/** A sorted list and some more entries as one sorted list; no path may be in both. */
export function mergeSorted(sorted: readonly SourceEntry[], more: readonly SourceEntry[]): readonly SourceEntry[] {
  if (more.length === 0) return sorted
  const extra = more.toSorted((a, b) => comparePaths(a.path, b.path))
  const merged: SourceEntry[] = []
  let k = 0
  for (const entry of sorted) {
    for (let other = extra[k]; other !== undefined && comparePaths(other.path, entry.path) < 0; other = extra[++k]) merged.push(other)
    merged.push(entry)
  }
  for (; k < extra.length; k++) {
    const other = extra[k]
    if (other !== undefined) merged.push(other)
  }
  return merged
}
