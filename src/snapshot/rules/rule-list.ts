import {compileGlob, matchGlob, type Glob} from './glob.ts'

/** One line of a rule file, in gitignore's language. */
export interface Rule {
  /** Where it stands: `.rchignore`, `source.excludes`, `built-in`. */
  readonly source: string
  /** 1-based. */
  readonly line: number
  readonly pattern: string
}

/** What a list says of a path: the rule that decided, and whether it matched plainly or with a leading `!`. */
export interface Decision {
  readonly rule: Rule
  readonly negated: boolean
  /** How many characters of the path the rule speaks of: all of them, or those of a directory above. */
  readonly reach: number
}

/** An ordered list of rules; the last one that matches decides, and nothing below a matched directory escapes. */
export interface RuleList {
  readonly empty: boolean
  readonly hasNegations: boolean
  /** Literal directories, `/`-terminated, that hold everything the plain rules can match; `''` = anywhere. */
  readonly bases: readonly string[]
  /** The decision for a file, by itself or by a directory above it. */
  decide(path: string): Decision | undefined
}

/** Reads the lines of a rule file (or of a configured list). Blank lines and comments say nothing. */
export function ruleList(source: string, lines: readonly string[]): RuleList {
  const rules = lines.flatMap((line, i) => {
    const rule = compileRule({source, line: i + 1, pattern: line})
    return rule === undefined ? [] : [rule]
  })
  const directories = new Map<string, Decision | undefined>()
  const decideDirectory = (path: string): Decision | undefined => {
    if (path === '') return undefined
    if (directories.has(path)) return directories.get(path)
    const above = decideDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    const decision = above !== undefined && !above.negated ? above : (decideAlone(rules, path, true) ?? above)
    directories.set(path, decision)
    return decision
  }
  return {
    empty: rules.length === 0,
    hasNegations: rules.some(({negated}) => negated),
    bases: rules.filter(({negated}) => !negated).map(({base}) => base),
    decide(path) {
      if (rules.length === 0) return undefined
      const above = decideDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
      if (above !== undefined && !above.negated) return above
      return decideAlone(rules, path, false) ?? above
    },
  }
}

interface CompiledRule {
  readonly rule: Rule
  readonly negated: boolean
  readonly directoryOnly: boolean
  /** A pattern without an inner slash is matched against the last component only. */
  readonly anchored: boolean
  readonly glob: Glob
  readonly base: string
}

function decideAlone(rules: readonly CompiledRule[], path: string, isDirectory: boolean): Decision | undefined {
  const components = path.split('/')
  const last = components.slice(-1)
  for (let i = rules.length - 1; i >= 0; i--) {
    const candidate = rules[i]
    if (candidate === undefined || (candidate.directoryOnly && !isDirectory)) continue
    if (matchGlob(candidate.glob, candidate.anchored ? components : last))
      return {rule: candidate.rule, negated: candidate.negated, reach: path.length}
  }
  return undefined
}

function compileRule(rule: Rule): CompiledRule | undefined {
  // Trailing blanks do not count unless escaped.
  let text = rule.pattern.replace(/\r$/, '').replace(/(?<!\\)[ \t]+$/, '')
  if (text === '' || text.startsWith('#')) return undefined
  const negated = text.startsWith('!')
  if (negated) text = text.slice(1)
  const directoryOnly = text.endsWith('/')
  if (directoryOnly) text = text.slice(0, -1)
  const anchored = text.includes('/')
  if (text.startsWith('/')) text = text.slice(1)
  const glob = text === '' ? undefined : compileGlob(text)
  if (glob === undefined) return undefined
  return {rule, negated, directoryOnly, anchored, glob, base: anchored ? literalBase(text) : ''}
}

/** The directories in front of the first component with a special character. */
function literalBase(pattern: string): string {
  const components = pattern.split('/')
  const special = components.findIndex((component) => /[*?[\\]/.test(component))
  const literal = components.slice(0, special === -1 ? components.length - 1 : special)
  return literal.length === 0 ? '' : `${literal.join('/')}/`
}
