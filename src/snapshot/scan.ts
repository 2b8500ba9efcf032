import type {SourceSymlink} from '@rch/contract/source'
import type {Rule} from './rules/rule-list.ts'
import type {Tree} from './tree/tree.ts'

/** One look at a whole tree. */
export interface Scan {
  readonly tree: Tree
  /** Symbolic links of the tree. */
  readonly links: readonly SourceSymlink[]
  /** Absolute paths of contents that lie elsewhere than under the root (objects of Git LFS). */
  readonly places: ReadonlyMap<string, string>
  /** Files that changed lately, and paths found absent: equal entries and observations of two scans mean that nothing moved. */
  readonly observations: ReadonlyMap<string, string>
  /** Tracked paths that are not in the work tree. */
  readonly absent: readonly string[]
  /** Paths that were in motion while they were looked at. */
  readonly moving: readonly string[]
  /** The latest change of anything that was looked at, in milliseconds since the epoch. */
  readonly latestChangeMs: number
  readonly problems: Problems
  readonly vcs: VcsState
  /** Paths that differ from the commit. */
  readonly differing: readonly string[]
  /** Entries left out by a rule, by rule; what git's ignore files leave out is not looked for. */
  readonly excluded: ReadonlyMap<string, ExcludedByRule>
  readonly hashed: number
  /** Scans with equal keys have equal paths; `null` where a key would cost more than it saves. */
  readonly pathsKey: string | null
  /** Writes what this scan learned for the next one; called once it is accepted. */
  remember(): void
}

export interface ExcludedByRule {
  readonly rule: Rule
  readonly files: number
}

export interface VcsState {
  readonly kind: 'git' | 'none'
  readonly commit: string | null
  readonly branch: string | null
  readonly dirty: boolean
  /** How many paths differ from the commit. */
  readonly differing: number
  readonly submodules: readonly SubmoduleState[]
  readonly lfs: LfsState
}

export interface SubmoduleState {
  readonly path: string
  /** What is checked out there. */
  readonly commit: string | null
}

/** How many files git-lfs left as pointers: their content taken from its local store, or staged as pointers. */
export interface LfsState {
  readonly materialised: number
  readonly pointers: number
}

/** Offending paths by the error they lead to. */
export type Problems = ReadonlyMap<ProblemCode, readonly Offence[]>

export type ProblemCode =
  | 'unsafe_path'
  | 'special_file'
  | 'unreadable_file'
  | 'submodule_missing'
  | 'submodule_commit_differs'
  | 'submodules_disallowed'
  | 'sparse_checkout_incomplete'
  | 'merge_conflicts'
  | 'lfs_pointer_unresolved'
  | 'symlinks_disallowed'
  | 'unsafe_symlink_target'
  | 'hardlinks_disallowed'
  | 'path_collision'

export interface Offence {
  readonly path: string
  /** What exactly is wrong, where the code alone does not say it. */
  readonly detail: string | null
}

/** Collects offences while a tree is scanned. */
export class ProblemList {
  readonly found = new Map<ProblemCode, Offence[]>()

  add(code: ProblemCode, path: string, detail: string | null = null): void {
    const list = this.found.get(code)
    if (list === undefined) this.found.set(code, [{path, detail}])
    else list.push({path, detail})
  }
}
