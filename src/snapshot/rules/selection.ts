import {ruleList, type Rule} from './rule-list.ts'

/**
 * Which paths of a tree belong to its snapshot. Layers, the later one wins: built-in excludes, git's ignore files,
 * `source.include`, `source.excludes`, `.rchignore`. The first two never take away what git tracks. A negated line of `.rchignore`
 * takes back an exclude; only `source.include` brings in what is ignored.
 */
export interface Selection {
  /** Equal keys, equal verdicts. */
  readonly key: string
  /** No rule can touch a tracked file: the common case, decided once. */
  readonly keepsAllTracked: boolean
  /** Directories (`''` or `/`-terminated) below which ignored files may be wanted, so that they have to be looked for. */
  readonly searches: readonly string[]
  /** For a directory, `path` ends in a slash. */
  verdict(path: string, status: PathStatus): Verdict
  /** Nothing below this directory (no trailing slash) can belong to the snapshot, except what always does. */
  prunes(directory: string): boolean
}

export type PathStatus = 'tracked' | 'untracked' | 'ignored'

export interface Verdict {
  readonly included: boolean
  /** What decided; `undefined` when nothing spoke of the path, or git's own ignore files did. */
  readonly rule: Rule | undefined
}

export interface SelectionInput {
  readonly include: readonly string[]
  readonly excludes: readonly string[]
  /** Lines of `.rchignore`. */
  readonly rchignore: readonly string[]
  readonly includeUntracked: boolean
  /** Paths that belong to every snapshot they exist in. */
  readonly always: ReadonlySet<string>
}

export function createSelection(input: SelectionInput): Selection {
  const builtIn = ruleList('built-in', BUILT_IN_EXCLUDES)
  const include = ruleList('source.include', input.include)
  const excludes = ruleList('source.excludes', input.excludes)
  const rchignore = ruleList('.rchignore', input.rchignore)
  return {
    key: JSON.stringify([input.include, input.excludes, input.rchignore, input.includeUntracked, [...input.always]]),
    keepsAllTracked: excludes.empty && rchignore.empty,
    searches: include.empty ? [] : include.hasNegations ? [''] : include.bases,
    verdict(path, status) {
      if (isGitInternal(path)) return {included: false, rule: GIT_RULE}
      if (input.always.has(path)) return {included: true, rule: undefined}
      const own = rchignore.decide(path)
      if (own !== undefined && !own.negated) return {included: false, rule: own.rule}
      const configured = own === undefined ? excludes.decide(path) : undefined
      if (configured !== undefined && !configured.negated) return {included: false, rule: configured.rule}
      if (status === 'tracked') return INCLUDED
      const wanted = include.decide(path)
      const generated = builtIn.decide(path)
      // Whoever includes a directory does not mean the .DS_Store in it.
      if (wanted !== undefined && !wanted.negated && wanted.reach >= (generated?.reach ?? 0)) return {included: true, rule: wanted.rule}
      if (generated !== undefined) return {included: false, rule: generated.rule}
      return status === 'untracked' && input.includeUntracked ? INCLUDED : EXCLUDED
    },
    prunes(directory) {
      const inside = `${directory}/`
      if (isGitInternal(directory)) return true
      const own = rchignore.decide(inside)
      if (own !== undefined && !own.negated) return true
      const configured = excludes.decide(inside)
      if (configured !== undefined && !configured.negated) return !rchignore.hasNegations
      return include.empty && builtIn.decide(inside) !== undefined
    },
  }
}

const INCLUDED: Verdict = {included: true, rule: undefined}
const EXCLUDED: Verdict = {included: false, rule: undefined}

/** What every Xcode project produces beside its sources. */
export const BUILT_IN_EXCLUDES = ['.git', 'DerivedData/', '.build/', '*.xcresult/', 'xcuserdata/', '.DS_Store'] as const

const GIT_RULE: Rule = {source: 'built-in', line: 1, pattern: '.git'}

/** Nothing brings git's own files back, in no spelling that a case-insensitive volume takes for them. */
function isGitInternal(path: string): boolean {
  return /(?:^|\/)\.git(?:\/|$)/i.test(path)
}
