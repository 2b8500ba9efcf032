import {comparePaths, type SourceEntry} from '@rch/contract/source'
import {canonicalEntry} from '../../tree/canonical-entries.ts'
import {directoriesOf, type Tree} from '../../tree/tree.ts'
import {positionOf, textOf, unpackEntries, type PackedEntries} from './packed-entries.ts'

/** Packed entries with what else has to be known of them. */
export interface PackedTree extends PackedEntries {
  readonly bytes: number
  readonly largestFile: number
  readonly directories: readonly string[]
  /** The source tree hash of these entries alone; worked out while git is busy. */
  readonly hash: string
}

/** A packed tree without some of its paths and with some more entries. */
export function splicedTree(base: PackedTree, removed: Iterable<string>, more: readonly SourceEntry[]): Tree {
  const extras = more.toSorted((a, b) => comparePaths(a.path, b.path))
  const gone = [...removed].map((path) => positionOf(base, path)).filter(({found}) => found)
  const lost = unpackEntries(pick(base, gone))
  const files = extras.flatMap((entry) => (entry.type === 'file' ? [entry.bytes] : []))
  let entries: readonly SourceEntry[] | undefined
  return {
    ...(gone.length + extras.length === 0 ? {hash: base.hash} : {}),
    count: base.count - gone.length + extras.length,
    bytes: base.bytes - sum(lost.map(({bytes}) => bytes)) + sum(files),
    largestFile: Math.max(base.largestFile, ...files),
    get directories() {
      return [...base.directories, ...directoriesOf(extras)]
    },
    get entries() {
      entries ??= merge(base, new Set(gone.map(({position}) => position)), extras)
      return entries
    },
    canonical: () =>
      canonicalPieces(
        base,
        gone.map(({position}) => position).toSorted((a, b) => a - b),
        extras,
      ),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function pick(base: PackedEntries, places: readonly {readonly position: number}[]): PackedEntries {
  const parts = places.map(({position}) => textOf(base, position, position + 1))
  const offsets = new Uint32Array(parts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = (offsets[i] ?? 0) + part.length
  return {count: parts.length, text: Buffer.concat(parts), offsets}
}

function merge(base: PackedEntries, gone: ReadonlySet<number>, extras: readonly SourceEntry[]): readonly SourceEntry[] {
  const merged: SourceEntry[] = []
  let k = 0
  for (const [i, entry] of unpackEntries(base).entries()) {
    for (let extra = extras[k]; extra !== undefined && comparePaths(extra.path, entry.path) < 0; extra = extras[++k]) merged.push(extra)
    if (!gone.has(i)) merged.push(entry)
  }
  return [...merged, ...extras.slice(k)]
}

/** The array's text: stretches of the base as they are, extras between them; no comma before the closing bracket. */
export function canonicalPieces(
  base: PackedEntries,
  gone: readonly number[] = [],
  extras: readonly SourceEntry[] = [],
): (Uint8Array | string)[] {
  const cuts = [
    ...gone.map((position) => ({position, skip: 1, text: ''})),
    ...extras.map((entry) => ({position: positionOf(base, entry.path).position, skip: 0, text: `${canonicalEntry(entry)},`})),
  ]
  // Stable: extras at one position keep their order; whether a skip comes before or after them makes no difference.
  cuts.sort((a, b) => a.position - b.position)
  const pieces: (Uint8Array | string)[] = ['[']
  let at = 0
  for (const {position, skip, text} of cuts) {
    if (position > at) pieces.push(textOf(base, at, position))
    if (text !== '') pieces.push(text)
    at = Math.max(at, position + skip)
  }
  if (at < base.count) pieces.push(textOf(base, at, base.count))
  const last = pieces.pop() ?? ''
  if (pieces.length > 0) pieces.push(typeof last === 'string' ? last.slice(0, -1) : last.subarray(0, -1), ']')
  else pieces.push('[', ']')
  return pieces
}
