import {readdirSync} from 'node:fs'
import {join, relative, resolve} from 'node:path'
import type {SourceEntry} from '@rch/contract/source'
import {lstatIfThere} from '../infra/files.ts'
import {findRepository, isWorkTree} from './git/repository.ts'
import {runGit} from './git/run-git.ts'
import type {Rule} from './rules/rule-list.ts'
import type {Selection} from './rules/selection.ts'
import {ruleKey} from './tree-builder.ts'
import {walk} from './walk.ts'

/** Everything that one rule keeps out of a snapshot. */
export interface ExcludedGroup {
  /** Its file, line and text; `source.include_untracked` stands for files that no rule names. */
  readonly rule: Rule
  /** Files, and whole directories ending in `/`, relative to the root. */
  readonly paths: readonly string[]
  readonly files: number
  readonly bytes: number
}

export interface ListExcludedOptions {
  readonly root: string
  readonly mode: 'vcs' | 'working_tree'
  readonly selection: Selection
  readonly entries: readonly SourceEntry[]
  readonly signal?: AbortSignal | undefined
}

/** What lies in the source and is not in its snapshot, by the rule that keeps it out; the largest first. */
export async function listExcluded(options: ListExcludedOptions): Promise<readonly ExcludedGroup[]> {
  const {root, selection} = options
  const groups = new Map<string, {readonly rule: Rule; readonly paths: string[]; files: number; bytes: number}>()
  const add = (path: string, rule: Rule) => {
    const group = groups.get(ruleKey(rule)) ?? {rule, paths: [], files: 0, bytes: 0}
    groups.set(ruleKey(rule), group)
    group.paths.push(path)
    for (const file of path.endsWith('/') ? walk(root, path, () => false).paths : [path]) {
      group.files++
      group.bytes += lstatIfThere(join(root, file))?.size ?? 0
    }
  }
  const held = heldBy(options.entries)
  for (let pending = childrenOf(root, '', held); pending.length > 0;) {
    const unruled = pending.filter((path) => {
      const {included, rule} = selection.verdict(path, 'untracked')
      if (included || rule === undefined) return true
      add(path, rule)
      return false
    })
    const rules = options.mode === 'vcs' ? await ignoreRules(root, unruled, options.signal) : new Map<string, Rule>()
    pending = unruled.flatMap((path) => {
      const rule = rules.get(path)
      if (rule !== undefined) add(path, rule)
      else if (path.endsWith('/')) return childrenOf(root, path, held)
      else add(path, UNTRACKED)
      return []
    })
  }
  return [...groups.values()].toSorted((a, b) => b.bytes - a.bytes)
}

const UNTRACKED: Rule = {source: 'source.include_untracked', line: 0, pattern: 'false'}

interface Held {
  readonly files: ReadonlySet<string>
  /** Ending in `/`. */
  readonly directories: ReadonlySet<string>
}

function heldBy(entries: readonly SourceEntry[]): Held {
  const files = new Set<string>()
  const directories = new Set<string>()
  for (const {path} of entries) {
    files.add(path)
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) directories.add(path.slice(0, end + 1))
  }
  return {files, directories}
}

/** What is left out directly below a directory (or below those of its directories that the snapshot holds parts of). */
function childrenOf(root: string, directory: string, held: Held): string[] {
  return list(join(root, directory)).flatMap((entry) => {
    const path = directory + entry.name + (entry.isDirectory() ? '/' : '')
    if (entry.name === '.git' || held.files.has(path)) return []
    return held.directories.has(path) ? childrenOf(root, path, held) : [path]
  })
}

function list(directory: string) {
  try {
    return readdirSync(directory, {withFileTypes: true})
  } catch {
    return []
  }
}

/** Git's rule for each path that an ignore file names, as the repository says that the path lies in. */
async function ignoreRules(root: string, paths: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Rule>> {
  const rules = new Map<string, Rule>()
  const places = new Map<string, boolean>()
  for (const [directory, inside] of Map.groupBy(paths, (path) => workTreeOf(root, path, places))) {
    const {top, prefix} = findRepository(join(root, directory))
    // With ./ in front no name can be taken for pathspec magic.
    const front = `./${prefix}`
    const input = inside.map((path) => `${front}${path.slice(directory.length)}\0`).join('')
    // Ends with 1 when nothing is ignored.
    const answer = await runGit(top, ['check-ignore', '--no-index', '-v', '-z', '--stdin'], {input, signal, allowedExits: [0, 1]})
    const fields = answer.toString('utf8').split('\0')
    for (let i = 0; i + 3 < fields.length; i += 4) {
      const [source = '', line = '', pattern = '', path = ''] = fields.slice(i, i + 4)
      const place = directory === '' ? source : relativePlace(root, resolve(top, source))
      if (!pattern.startsWith('!')) rules.set(directory + path.slice(front.length), {source: place, line: Number(line), pattern})
    }
  }
  return rules
}

/** The directory (`''` or `/`-terminated) of the nested repository that a path lies in; `places` remembers. */
function workTreeOf(root: string, path: string, places: Map<string, boolean>): string {
  for (let end = path.lastIndexOf('/', path.length - 2); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    const directory = path.slice(0, end + 1)
    const known = places.get(directory)
    const isTop = known ?? isNested(join(root, directory))
    if (known === undefined) places.set(directory, isTop)
    if (isTop) return directory
  }
  return ''
}

/** A `.git` file that leads nowhere makes no repository: the one around it speaks. */
function isNested(directory: string): boolean {
  try {
    return isWorkTree(directory)
  } catch {
    return false
  }
}

/** Below the root where it lies there. */
function relativePlace(root: string, path: string): string {
  const place = relative(root, path)
  return place.startsWith('..') ? path : place
}
