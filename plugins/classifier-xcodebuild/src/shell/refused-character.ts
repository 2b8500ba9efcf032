import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {findInvisible} from '../invisible.ts'

/** Part of a line that is outside of the subset, and the code that names the construct. */
export interface Refusal {
  readonly code: ClassifierErrorCode
  readonly start: number
  readonly end: number
}

export function span(code: ClassifierErrorCode, start: number, end: number): Refusal {
  return {code, start, end}
}

const CONSTRUCTS: Readonly<Record<string, ClassifierErrorCode>> = {
  '`': 'shell_command_substitution',
  '*': 'shell_glob',
  '?': 'shell_glob',
  '[': 'shell_glob',
  ']': 'shell_glob',
  '^': 'shell_glob',
  '{': 'shell_brace',
  '}': 'shell_brace',
  '~': 'shell_tilde',
  '#': 'shell_comment',
  '!': 'shell_history',
  '(': 'shell_subshell',
  ')': 'shell_subshell',
  '\\': 'shell_escape',
}

/** The construct that a character outside of the subset begins. */
export function refusedCharacter(text: string, at: number): Refusal {
  const char = text.charAt(at)
  if (char === '$') return dollar(text, at)
  const construct = CONSTRUCTS[char]
  if (construct !== undefined) return span(construct, at, char === '`' ? close(text, at, '`') : at + 1)
  return span(findInvisible(char) === -1 ? 'shell_character' : 'control_character', at, at + 1)
}

function dollar(text: string, at: number): Refusal {
  if (text.startsWith('${{', at)) return span('not_literal', at, close(text, at + 2, '}}'))
  if (text.startsWith('$(', at)) return span('shell_command_substitution', at, close(text, at + 1, ')'))
  if (text.startsWith("$'", at) || text.startsWith('$"', at)) return span('shell_quoting', at, at + 2)
  if (text.startsWith('${', at)) return span('shell_expansion', at, close(text, at + 1, '}'))
  return span('shell_expansion', at, at + 1 + (/^\w+/.exec(text.slice(at + 1, at + 100))?.[0].length ?? 1))
}

function close(text: string, at: number, mark: string): number {
  const found = text.indexOf(mark, at + 1)
  return found === -1 ? text.length : found + mark.length
}
