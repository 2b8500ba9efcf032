import {homedir} from 'node:os'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {compileGlob, matchGlob, type Glob} from '../rules/glob.ts'

/** What attribute files say about checkouts that do not write a blob byte for byte. */
export interface Conversions {
  /** A filter or another encoding may stand between this file and its blob. May say yes too often, never too seldom. */
  mayFilter(path: string): boolean
  /** Some file may have its line ends or `$Id$` converted. */
  readonly mayConvertText: boolean
}

/** One attribute file: its directory relative to the top (`''` or `/`-terminated) and its text. */
export interface AttributeFile {
  readonly directory: string
  readonly text: string
}

/** The attribute files that belong to the machine and the repository, not to the tree. */
export function outerAttributeFiles(commonDir: string, configured: string | null): AttributeFile[] {
  const home =
    configured === null
      ? join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'git/attributes')
      : configured.replace(/^~(?=\/)/, homedir())
  return [
    '/etc/gitattributes',
    '/opt/homebrew/etc/gitattributes',
    '/usr/local/etc/gitattributes',
    home,
    join(commonDir, 'info/attributes'),
  ].flatMap((path) => {
    const text = readAttributes(path)
    return text === undefined ? [] : [{directory: '', text}]
  })
}

/** The text of an attribute file; `undefined` where there is none that can be read. */
export function readAttributes(path: string): string | undefined {
  // Hardly any of them is there, and an error takes longer to make than this question.
  if (!existsSync(path)) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

export function readConversions(files: readonly AttributeFile[]): Conversions {
  const filtering = filteringNames(files)
  const rules = files.flatMap(({directory, text}) => text.split('\n').flatMap((line) => filterRule(directory, line, filtering)))
  return {
    mayConvertText: files.some(({text}) => TEXT_ATTRIBUTES.test(text)),
    mayFilter(path) {
      if (rules.length === 0) return false
      const folded = path.toLowerCase()
      return rules.some(({directory, anchored, glob}) => {
        if (!folded.startsWith(directory)) return false
        const components = folded.slice(directory.length).split('/')
        return matchGlob(glob, anchored ? components : components.slice(-1))
      })
    },
  }
}

/** Case is ignored: where git minds it, we only look at a file too many. */
interface FilterRule {
  readonly directory: string
  readonly anchored: boolean
  readonly glob: Glob
}

const TEXT_ATTRIBUTES = /\b(?:text|crlf|eol|ident)\b/

/** `filter`, `working-tree-encoding`, and every macro that stands for one of them. */
function filteringNames(files: readonly AttributeFile[]): ReadonlySet<string> {
  const names = new Set(['filter', 'working-tree-encoding'])
  const macros = files.flatMap(({text}) => [...text.matchAll(/^[ \t]*\[attr\](\S+)[ \t]+(.*)$/gm)])
  for (let grown = true; grown;) {
    grown = false
    for (const [, name = '', attributes = ''] of macros) {
      if (names.has(name) || !mentions(attributes, names)) continue
      names.add(name)
      grown = true
    }
  }
  return names
}

function mentions(attributes: string, names: ReadonlySet<string>): boolean {
  return attributes.split(/[ \t\r]+/).some((word) => names.has(word.replace(/=.*$/s, '')))
}

function filterRule(directory: string, line: string, filtering: ReadonlySet<string>): FilterRule[] {
  const found = /^[ \t]*("(?:[^"\\]|\\.)*"|[^\s"#]\S*)[ \t]+(.*)$/.exec(line)
  if (found === null || line.trimStart().startsWith('[attr]') || !mentions(found[2] ?? '', filtering)) return []
  const word = found[1] ?? ''
  const pattern = (word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word).toLowerCase()
  const anchored = pattern.includes('/')
  const glob = compileGlob(pattern.replace(/^\//, ''))
  return glob === undefined ? [] : [{directory: directory.toLowerCase(), anchored, glob}]
}
