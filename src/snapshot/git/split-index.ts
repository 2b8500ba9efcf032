import {comparePaths} from '@rch/contract/source'
import {readEwah} from './ewah.ts'
import type {GitIndex, SplitLink} from './git-index.ts'

/**
 * A split index over its shared index. Bit n of the first bitmap deletes entry n of the shared index; bit n of the second
 * replaces it by the next nameless entry of the split one; its named entries are additions.
 */
export function mergeSplitIndex(base: GitIndex, split: GitIndex, link: SplitLink): GitIndex {
  const deleted = readEwah(link.bitmaps, 0)
  const replaced = readEwah(link.bitmaps, deleted.end)
  const picks: Pick[] = []
  let next = 0
  for (let i = 0; i < base.count; i++) {
    const path = base.paths[i] ?? ''
    if (replaced.bits.has(i)) {
      const position = next++
      if (!deleted.bits.has(i)) picks.push({path, from: split, position})
    } else if (!deleted.bits.has(i)) picks.push({path, from: base, position: i})
  }
  for (let i = next; i < split.count; i++) picks.push({path: split.paths[i] ?? '', from: split, position: i})
  picks.sort((a, b) => comparePaths(a.path, b.path))
  return assemble(picks, base, split)
}

interface Pick {
  readonly path: string
  readonly from: GitIndex
  readonly position: number
}

function assemble(picks: readonly Pick[], base: GitIndex, split: GitIndex): GitIndex {
  const invalid = new Map([
    [base, new Set(base.undecodable)],
    [split, new Set(split.undecodable)],
  ])
  const undecodable: number[] = []
  const modes = new Uint32Array(picks.length)
  const sizes = new Uint32Array(picks.length)
  const flags = new Uint8Array(picks.length)
  const oidOffsets = new Uint32Array(picks.length)
  for (const [i, {from, position}] of picks.entries()) {
    modes[i] = from.modes[position] ?? 0
    sizes[i] = from.sizes[position] ?? 0
    flags[i] = from.flags[position] ?? 0
    oidOffsets[i] = (from.oidOffsets[position] ?? 0) + (from === split ? base.bytes.length : 0)
    if (invalid.get(from)?.has(position) === true) undecodable.push(i)
  }
  return {
    count: picks.length,
    paths: picks.map(({path}) => path),
    undecodable,
    modes,
    sizes,
    flags,
    oidOffsets,
    bytes: Buffer.concat([base.bytes, split.bytes]),
    oidBytes: base.oidBytes,
    hasStats: true,
  }
}
