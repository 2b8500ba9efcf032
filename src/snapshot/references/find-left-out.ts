import {realpathSync} from 'node:fs'
import {join, relative} from 'node:path'
import {collisionKey, comparePaths, type SourceEntry} from '@rch/contract/source'
import type {Rule} from '../rules/rule-list.ts'
import type {Selection} from '../rules/selection.ts'
import {walk} from '../walk.ts'
import type {Reference} from './reference.ts'
import {statIfOpen} from './stat-if-open.ts'

/** A file that is on disk, is referred to, and is not in the snapshot. */
export interface LeftOut {
  readonly path: string
  readonly by: string
  /** The rule of ours that leaves it out; `undefined` = git's ignore files, or it is merely untracked. */
  readonly rule: Rule | undefined
}

/**
 * Which referenced files a snapshot leaves out. Nothing is said of what does not exist (the build will fail here too), nor of
 * what lies outside the root, nor of files that are only shown and that a rule of ours leaves out on purpose.
 */
export function findLeftOut(
  root: string,
  entries: readonly SourceEntry[],
  references: readonly Reference[],
  selection: Selection,
): readonly LeftOut[] {
  const found = new Map<string, LeftOut>()
  const seen = new Set<string>()
  const keys = new KnownKeys(entries)
  for (const {path, by, kind, built} of references) {
    if (seen.has(`${kind} ${path}`)) continue
    seen.add(`${kind} ${path}`)
    if (kind === 'file' && hasEntry(entries, path)) continue
    for (const candidate of filesOf(root, path, kind, selection)) {
      if (found.has(candidate) || hasEntry(entries, candidate) || keys.has(candidate)) continue
      const {rule} = selection.verdict(candidate, 'ignored')
      const onPurpose = rule !== undefined && rule.source !== 'built-in'
      if (rule?.source !== 'built-in' && (built || !onPurpose)) found.set(candidate, {path: candidate, by, rule})
    }
  }
  return [...found.values()]
}

/** Those references that lead to nothing at all. */
export function findAbsent(root: string, references: readonly Reference[], selection: Selection): readonly Reference[] {
  return references.filter(({path, kind}) => filesOf(root, path, kind, selection).length === 0)
}

/** The file itself, or what lies in the directory; where a link leads elsewhere in the tree, the files there. */
function filesOf(root: string, path: string, kind: Reference['kind'], selection: Selection): readonly string[] {
  const absolute = join(root, path)
  const stat = statIfOpen(absolute)
  if (stat === undefined) return []
  const real = relative(root, realpathSync.native(absolute))
  if (real === '' || real.startsWith('..')) return []
  if (!stat.isDirectory()) return [real]
  const {paths} = walk(root, `${real}/`, (directory) => selection.prunes(directory))
  return kind === 'file' ? paths : paths.filter((inside) => BUILT.test(inside))
}

/** What Xcode and SwiftPM take from a folder as it comes. */
const BUILT =
  /\.(?:swift|m|mm|c|cc|cpp|cxx|h|hh|hpp|s|metal|xib|storyboard|strings|stringsdict|xcstrings|plist|json|intentdefinition|mlmodel|xcconfig|xctestplan|entitlements|xcprivacy|docc|modulemap|pch)$|\.(?:xcassets|xcdatamodeld|xcdatamodel|bundle|xcframework|framework)\//i

/** Whether a sorted list holds a path. */
function hasEntry(entries: readonly SourceEntry[], path: string): boolean {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const order = comparePaths(entries[middle]?.path ?? '', path)
    if (order === 0) return true
    if (order < 0) low = middle + 1
    else high = middle
  }
  return false
}

/** Paths as a Mac's volume compares them, made only when a path is missing as written. */
class KnownKeys {
  readonly #entries: readonly SourceEntry[]
  #keys: ReadonlySet<string> | undefined

  constructor(entries: readonly SourceEntry[]) {
    this.#entries = entries
  }

  has(path: string): boolean {
    this.#keys ??= new Set(this.#entries.map((entry) => collisionKey(entry.path)))
    return this.#keys.has(collisionKey(path))
  }
}
