import type {SourceEntry} from '@rch/contract/source'
import type {Look} from './look.ts'
import type {Verdict} from './rules/selection.ts'
import type {Rule} from './rules/rule-list.ts'
import {ProblemList, type ExcludedByRule} from './scan.ts'
import type {StatCache, StatRecord} from './stat-cache.ts'

export type FileMode = '100644' | '100755'

/** Gathers what a scan finds into entries, observations and problems. */
export class TreeBuilder {
  readonly problems = new ProblemList()
  readonly entries: SourceEntry[] = []
  readonly places = new Map<string, string>()
  readonly observations = new Map<string, string>()
  readonly moving: string[] = []
  readonly excluded = new Map<string, ExcludedByRule>()
  readonly #records = new Map<string, StatRecord>()
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
        this.observe(path, look.stamp + look.sha256, look.changedMs)
        if (look.fresh) this.hashed++
        this.entries.push(fileEntry(path, mode(look.executable), look.bytes, look.sha256))
        break
      case 'symlink':
        this.observe(path, look.stamp + look.target, look.changedMs)
        this.entries.push({path, type: 'symlink', mode: '120000', link_target: look.target})
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

  /** Keeps a digest for the next scan, when the file's last change is well past. */
  remember(path: string, look: Look): void {
    if (look.kind !== 'file' || !isSettled(look.changedMs, this.startedMs)) return
    this.#records.set(path, {stamp: look.stamp, sha256: look.sha256, bytes: look.bytes, pointer: look.pointer})
  }

  save(cache: StatCache): void {
    cache.save(this.#records)
  }

  observe(path: string, what: string, changedMs = 0): void {
    this.observations.set(path, what)
    if (changedMs > this.latestChangeMs) this.latestChangeMs = changedMs
  }

  /** Counts a path that a rule leaves out and says whether the path stays. */
  admits({included, rule}: Verdict): boolean {
    if (!included && rule !== undefined) {
      const key = ruleKey(rule)
      this.excluded.set(key, {rule, files: (this.excluded.get(key)?.files ?? 0) + 1})
    }
    return included
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

const CLOCK_LAG_MS = 20

/** The one place where file entries are made, so that all of them share one shape. */
export function fileEntry(path: string, mode: FileMode, bytes: number, sha256: string): SourceEntry {
  return {path, type: 'file', mode, bytes, sha256}
}

export function ruleKey({source, line, pattern}: Rule): string {
  return `${source}:${line}:${pattern}`
}
