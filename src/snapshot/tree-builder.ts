import type {SourceEntry, SourceSymlink} from '@rch/contract/source'
import {changedMs, type FileStamp} from './hash/hash-file.ts'
import {GrowingTree} from './tree/growing-tree.ts'
import type {Look} from './look.ts'
import {mergeSorted} from './tree/merge-sorted.ts'
import type {Verdict} from './rules/selection.ts'
import type {Rule} from './rules/rule-list.ts'
import {ProblemList, type ExcludedByRule} from './scan.ts'
import type {StatCache, StatRecord} from './caches/stat-cache.ts'
import {listedTree, type Tree} from './tree/tree.ts'

export type FileMode = '100644' | '100755'

/** Gathers what a scan finds into entries, observations and problems. */
export class TreeBuilder {
  readonly problems = new ProblemList()
  readonly places = new Map<string, string>()
  readonly observations = new Map<string, string>()
  readonly absent: string[] = []
  readonly moving: string[] = []
  readonly excluded = new Map<string, ExcludedByRule>()
  readonly #entries: SourceEntry[] = []
  readonly #records = new Map<string, StatRecord>()
  /** Of all entries but the last ones, as long as they come in order. */
  #growing: GrowingTree | undefined
  #grown = 0
  /** Of all entries, once one is to be replaced: thousands may be. */
  #positions: ReadonlyMap<string, number> | undefined
  latestChangeMs = 0
  hashed = 0
  materialised = 0
  pointers = 0
  readonly startedMs: number

  /** @param startedMs when the scan began, before anything was looked at. */
  constructor(startedMs: number) {
    this.startedMs = startedMs
  }

  /** Takes what was found at a path into the tree. `mode` answers for files whose mode is not the owner's x bit alone. */
  add(path: string, look: Look, mode: (executable: boolean) => FileMode): void {
    switch (look.kind) {
      case 'file':
        this.#observe(path, look.stamp, look.sha256)
        if (look.fresh) this.hashed++
        this.#entries.push(fileEntry(path, mode(look.executable), look.bytes, look.sha256))
        break
      case 'symlink':
        this.#observe(path, look.stamp, look.target)
        this.#entries.push({path, type: 'symlink', mode: '120000', link_target: look.target})
        break
      case 'special':
        this.problems.add('special_file', path)
        break
      case 'unreadable':
        this.problems.add('unreadable_file', path, look.detail)
        break
      case 'missing':
      case 'changing':
      case 'directory':
        this.moving.push(path)
    }
  }

  get entries(): readonly SourceEntry[] {
    return this.#entries
  }

  /** Puts another entry in the place of a file's. */
  replace(path: string, entry: (mode: FileMode) => SourceEntry): void {
    if (this.#positions?.size !== this.#entries.length) this.#positions = new Map(this.#entries.map(({path}, i) => [path, i]))
    const position = this.#positions.get(path) ?? -1
    this.#entries[position] = entry(this.#entries[position]?.mode === '100755' ? '100755' : '100644')
    this.#growing = undefined
  }

  /** For who adds entries in order from now on, whatever there is already: to be called for those that came since. */
  growTree(): () => void {
    this.#growing = new GrowingTree(this.#entries)
    this.#grown = this.#entries.length
    return () => {
      this.#growing?.take(this.#entries.slice(this.#grown))
      this.#grown = this.#entries.length
    }
  }

  /** The tree of all entries and of what is known besides. */
  tree(known: readonly SourceEntry[]): Tree {
    const isWhole = known.length === 0 && this.#grown === this.#entries.length
    return (isWhole ? this.#growing?.finish() : undefined) ?? listedTree(mergeSorted(known, this.#entries))
  }

  /** Every link is looked at, so all of a tree's links are here. */
  get links(): readonly SourceSymlink[] {
    return this.#entries.filter((entry) => entry.type === 'symlink')
  }

  /** Keeps a digest for the next scan, when the file's last change is well past. */
  remember(path: string, look: Look): void {
    if (look.kind !== 'file' || !isSettled(changedMs(look.stamp.ctimeMs), this.startedMs)) return
    const {stamp, sha256, bytes, pointer} = look
    this.#records.set(path, {stamp, sha256, bytes, pointer})
  }

  save(cache: StatCache): void {
    cache.save(this.#records)
  }

  /** Notes that a path which might have been there is not. */
  miss(path: string): void {
    this.absent.push(path)
    this.observations.set(path, 'absent')
  }

  /** Only what changed lately can tell two scans apart that have the same entries. */
  #observe(path: string, {ino, mtimeMs, ctimeMs}: FileStamp, content: string): void {
    const changed = changedMs(ctimeMs)
    if (changed > this.latestChangeMs) this.latestChangeMs = changed
    if (!isSettled(changed, this.startedMs)) this.observations.set(path, `${ino} ${mtimeMs} ${ctimeMs} ${content}`)
  }

  /** Counts a path that a rule leaves out and says whether the path stays. */
  admits({included, rule}: Verdict): boolean {
    if (!included && rule !== undefined) this.exclude(rule, 1)
    return included
  }

  exclude(rule: Rule, files: number): void {
    countExcluded(this.excluded, rule, files)
  }
}

/** Whether a change at `changedMs` was over before `startedMs`; file systems stamp with a clock that lags by some milliseconds. */
export function isSettled(changedMs: number, startedMs: number): boolean {
  return changedMs < unsettledFrom(startedMs)
}

/** Changes from this moment on may belong to what is going on now. */
export function unsettledFrom(startedMs: number): number {
  return startedMs - CLOCK_LAG_MS
}

/** How long until a scan that starts then finds this change settled. */
export function msUntilSettled(changedMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil(changedMs + CLOCK_LAG_MS + 1 - nowMs))
}

const CLOCK_LAG_MS = 20

/** The one place where file entries are made, so that all of them share one shape. */
export function fileEntry(path: string, mode: FileMode, bytes: number, sha256: string): SourceEntry {
  return {path, type: 'file', mode, bytes, sha256}
}

export function countExcluded(counts: Map<string, ExcludedByRule>, rule: Rule, files: number): void {
  const key = ruleKey(rule)
  counts.set(key, {rule, files: (counts.get(key)?.files ?? 0) + files})
}

export function ruleKey({source, line, pattern}: Rule): string {
  return `${source}:${line}:${pattern}`
}
