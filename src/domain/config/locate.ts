import type {AST} from 'toml-eslint-parser'
import {renameWorkspaceTable} from './toml-file.ts'

/** The line, from 1, of the key that a path leads to, or of the longest part of it that stands in the text. */
export type Locator = (path: readonly (string | number)[]) => number | null

/**
 * Finds lines in one text; in one that is not TOML, none. Loads a second parser, one that keeps places: only for what somebody
 * will read.
 */
export function locator(text: string): Locator {
  const {parseTOML} = loadParser()
  const program = attempt(() => parseTOML(text)) ?? attempt(() => parseTOML(renameWorkspaceTable(text)))
  return (path) => {
    const search: Search = {wanted: path.map(String), depth: 0, line: null, inside: null}
    for (const node of program?.body[0].body ?? []) {
      if (node.type === 'TOMLKeyValue') visitKeyValue(node, [], search)
      else visitTable(node, search)
    }
    return search.depth === path.length ? search.line : (search.inside ?? search.line)
  }
}

function loadParser(): typeof import('toml-eslint-parser') {
  // `require`, so that reading a configuration need not be asynchronous for the sake of an error message.
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('toml-eslint-parser')
}

function attempt(parse: () => AST.TOMLProgram): AST.TOMLProgram | null {
  try {
    return parse()
  } catch {
    return null
  }
}

interface Search {
  readonly wanted: readonly string[]
  depth: number
  line: number | null
  /** The first line below the path, for a table that only dotted keys make. */
  inside: number | null
}

function visitTable(node: AST.TOMLTable, search: Search): void {
  const at = node.resolvedKey.map(String)
  note(at, node.loc.start.line, search)
  for (const inner of node.body) visitKeyValue(inner, at, search)
}

function visitKeyValue(node: AST.TOMLKeyValue, above: readonly string[], search: Search): void {
  const at = [...above, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))]
  note(at, node.loc.start.line, search)
  visitValue(node.value, at, search)
}

function visitValue(value: AST.TOMLContentNode, at: readonly string[], search: Search): void {
  if (!isPrefix(at, search.wanted)) return
  if (value.type === 'TOMLInlineTable') for (const inner of value.body) visitKeyValue(inner, at, search)
  if (value.type !== 'TOMLArray') return
  for (const [index, element] of value.elements.entries()) {
    const here = [...at, String(index)]
    note(here, element.loc.start.line, search)
    visitValue(element, here, search)
  }
}

function note(at: readonly string[], line: number, search: Search): void {
  if (at.length > search.wanted.length && isPrefix(search.wanted, at)) search.inside ??= line
  if (at.length <= search.depth || !isPrefix(at, search.wanted)) return
  search.depth = at.length
  search.line = line
}

function isPrefix(at: readonly string[], wanted: readonly string[]): boolean {
  return at.length <= wanted.length && at.every((part, index) => part === wanted[index])
}
