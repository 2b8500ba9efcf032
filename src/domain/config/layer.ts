import type {Place} from './config-fault.ts'
import type {ConfigValue} from './key-row.ts'
import type {ReadTable} from './read-table.ts'

/** From weakest to strongest. */
export const LAYERS = ['defaults', 'host_defaults', 'repository', 'flags', 'command', 'host_enforce'] as const
export type LayerName = (typeof LAYERS)[number]

/** `rule`: not given by anyone, it follows from other values. */
export type OriginLayer = LayerName | 'rule'

/** Where a value came from. */
export interface Origin {
  readonly layer: OriginLayer
  /** The flag, variable or rule that set it; `null` for a file. */
  readonly label: string | null
  readonly place: Place | null
}

/** One value that was given for a key. `rank` grows from layer to layer, so that a merged layer still knows what is newer. */
export interface Entry {
  readonly value: ConfigValue
  readonly origin: Origin
  readonly rank: number
}

/** For each flat path what was given, weakest first; the last one wins. */
export type Layer = ReadonlyMap<string, readonly Entry[]>

/** A table of a file as a layer of its own. */
export function layerOf(table: ReadTable, layer: LayerName, rank: number): Layer {
  return new Map([...table].map(([path, {value, place}]) => [path, [{value, rank, origin: {layer, label: null, place}}]]))
}

/** Two layers as one: tables merge by key, the later value wins, arrays replace. Associative; nothing that was given is lost. */
export function mergeLayers(...layers: readonly Layer[]): Layer {
  const merged = new Map<string, readonly Entry[]>()
  for (const layer of layers) {
    for (const [path, entries] of layer) merged.set(path, [...(merged.get(path) ?? []), ...entries])
  }
  return merged
}

/** Paths that exclude each other: the group set by the newest layer wins, older ones of the other groups step back. */
const EXCLUSIVE: readonly (readonly string[])[] = [
  ['workspace', 'project', 'package'],
  ['destination.*', 'destinations'],
]

/**
 * Drops what a newer layer replaced under another name: a flag's `package` against the profile's `workspace`, `destinations`
 * against `[destination]`. `clashes` are groups that one and the same layer gave.
 */
export function settleExclusive(layer: Layer): {readonly layer: Layer; readonly clashes: readonly (readonly Entry[])[]} {
  const settled = new Map(layer)
  const clashes: (readonly Entry[])[] = []
  for (const groups of EXCLUSIVE) {
    const members = groups.map((group) => [...settled.keys()].filter((path) => inGroup(path, group)))
    const newest = members.map((paths) => newestOf(settled, paths))
    const top = Math.max(...newest.map((entry) => entry?.rank ?? -1))
    const winners = newest.filter((entry) => entry?.rank === top).filter((entry) => entry !== null)
    if (winners.length > 1) clashes.push(winners)
    for (const [index, paths] of members.entries()) {
      const others = Math.max(...newest.filter((_, other) => other !== index).map((entry) => entry?.rank ?? -1))
      for (const path of paths) {
        const kept = settled.get(path)!.filter(({rank}) => rank > others || rank === top)
        if (kept.length === 0) settled.delete(path)
        else settled.set(path, kept)
      }
    }
  }
  return {layer: settled, clashes}
}

function inGroup(path: string, group: string): boolean {
  return group.endsWith('.*') ? path.startsWith(group.slice(0, -1)) : path === group
}

function newestOf(layer: Layer, paths: readonly string[]): Entry | null {
  return paths
    .map((path) => layer.get(path)!.at(-1)!)
    .reduce<Entry | null>((best, entry) => (best === null || entry.rank > best.rank ? entry : best), null)
}
