import type {SimpleCommand, Terminator} from './lexer.ts'
import {changesShell} from './names.ts'
import type {Refusal} from './refused-character.ts'
import type {Word} from './word.ts'

/** Words that are neither the command's nor refused: what stands around it. */
export interface ContextSpan {
  readonly start: number
  readonly end: number
  readonly role: 'context' | 'dropped' | 'wrapper'
  readonly note: string
}

/** A literal directory that a `cd` goes to. */
export interface Directory {
  readonly path: string
  readonly start: number
  readonly end: number
}

/** Judges a command in front of ours, and notes what it does to our directory. */
export function readBefore(
  text: string,
  command: SimpleCommand,
  before: Terminator,
  directories: Directory[],
  context: ContextSpan[],
): Refusal | null {
  const [first, ...rest] = command.words
  if (first === undefined) return null
  const last = rest.at(-1) ?? first
  const piped = before === '|' || command.terminator === '|' || command.terminator === '||'
  if (first.text === 'set') {
    const strange = rest.length === 0 ? first : strangeOption(rest)
    if (strange !== null || piped || command.redirections.length > 0) return changed(strange ?? first)
    context.push({start: first.start, end: last.end, role: 'context', note: 'changes nothing here'})
    return null
  }
  if (first.text === 'cd') {
    const [target] = rest
    if (target === undefined || rest.length > 1 || /^(?:$|[-+])/.test(target.text) || piped || command.redirections.length > 0)
      return changed(target ?? first)
    directories.push({path: target.text, start: target.start, end: target.end})
    context.push({start: first.start, end: last.end, role: 'context', note: 'followed'})
    return null
  }
  if (changesShell(first.text) || assignable(text, [first])[0]?.assignable === true || first.text.startsWith('-')) return changed(first)
  context.push({start: first.start, end: last.end, role: 'context', note: 'runs before, in place'})
  return null
}

function changed(word: Word): Refusal {
  return {code: 'shell_state_changed', start: word.start, end: word.end}
}

const SET_OPTIONS = new Set(['pipefail', 'errexit', 'nounset', 'xtrace'])

/** The first word behind `set` that does more than `-e -u -x -o pipefail`. */
function strangeOption(words: readonly Word[]): Word | null {
  let wantsName = false
  for (const word of words) {
    if (wantsName ? !SET_OPTIONS.has(word.text) : !/^-(?:[eux]+o?|o)$/.test(word.text)) return word
    wantsName = !wantsName && word.text.endsWith('o')
  }
  return wantsName ? (words.at(-1) ?? null) : null
}

/** An assignment's name and `=` must be written plainly. */
export function assignable(text: string, words: readonly Word[]): readonly {text: string; assignable: boolean}[] {
  return words.map((word) => ({text: word.text, assignable: /^[A-Za-z_][A-Za-z0-9_]*=/.test(text.slice(word.start, word.end))}))
}
