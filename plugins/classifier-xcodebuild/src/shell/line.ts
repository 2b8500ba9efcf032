import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {COMMAND_WORD, type Prefix, readPrefix} from '../prefix.ts'
import {endsLine, readFormatter} from './formatter.ts'
import {assignable, type ContextSpan, type Directory, readBefore} from './before.ts'
import {readCommand, type SimpleCommand, type Terminator} from './lexer.ts'
import {isKeyword} from './names.ts'
import type {Refusal} from './refused-character.ts'
import type {Word} from './word.ts'

/** The one xcodebuild command of a shell string, and what surrounds it. */
export interface CommandLine {
  readonly kind: 'command'
  readonly words: readonly Word[]
  readonly prefix: Prefix
  /** The literal directories of `cd` in front of it, in order. */
  readonly directories: readonly Directory[]
  /** Whether everything around the command is understood well enough to be dropped. */
  readonly whole: boolean
  readonly context: readonly ContextSpan[]
}

export interface RefusedLine {
  readonly kind: 'refused'
  readonly refusal: Refusal
  /** Words read before it, for showing. */
  readonly words: readonly Word[]
}

/** Reads a shell string up to and including its xcodebuild command; `null` when it runs none. */
export function readLine(text: string): CommandLine | RefusedLine | null {
  const directories: Directory[] = []
  const context: ContextSpan[] = []
  let whole = true
  let sawAlternative = false
  let before: Terminator = 'newline'
  let at = 0
  for (;;) {
    const command = readCommand(text, at)
    const refuse = (code: ClassifierErrorCode, word: {start: number; end: number}): RefusedLine => ({
      kind: 'refused',
      refusal: {code, start: word.start, end: word.end},
      words: command.words,
    })
    if (command.refusal !== null) return {kind: 'refused', refusal: reword(text, command, command.refusal), words: command.words}
    const [first] = command.words
    if (first === undefined) {
      const [redirection] = command.redirections
      if (redirection !== undefined) return refuse('shell_redirection_before', redirection)
      if (command.terminator === 'newline') {
        at = command.next
        continue
      }
      if (command.terminator === 'end' && (before === 'newline' || before === ';')) return null
      return refuse('shell_syntax', {start: Math.max(0, command.next - 1), end: command.next})
    }

    const timed = first.plain && first.text === 'time'
    if (!timed && first.plain && isKeyword(first.text)) return refuse('shell_control_flow', first)
    const prefix = readPrefix(assignable(text, command.words), timed ? 1 : 0)
    if (prefix !== null && 'code' in prefix) return refuse(prefix.code, command.words[prefix.index] ?? first)
    if (prefix !== null) {
      if (before === '|') return refuse('shell_pipe_before', first)
      if (directories.length > 0 && sawAlternative) return refuse('shell_state_changed', first)
      if (timed) context.push({start: first.start, end: first.end, role: 'wrapper', note: 'measures the run'})
      return behind(text, command, {prefix, directories, whole: whole && !timed, context}, timed ? 1 : 0)
    }

    if (timed) return refuse('shell_control_flow', first)
    const refusal = readBefore(text, command, before, directories, context)
    if (refusal !== null) return refuse(refusal.code, refusal)
    if (first.text !== 'set') whole = false
    if (command.terminator === '||') sawAlternative = true
    if (command.terminator === 'end') return null
    before = command.terminator
    at = command.next
  }
}

/** What follows the command: nothing, a formatter we can drop, or something that stays where it is. */
function behind(
  text: string,
  command: SimpleCommand,
  found: Pick<CommandLine, 'prefix' | 'directories' | 'whole' | 'context'>,
  from: number,
): CommandLine | RefusedLine {
  const {words, redirections, terminator, next} = command
  const refuse = (code: ClassifierErrorCode, start: number, end: number): RefusedLine => ({
    kind: 'refused',
    refusal: {code, start, end},
    words,
  })
  const early = redirections.find((redirection) => redirection.at < words.length)
  if (early !== undefined) {
    return refuse(early.at <= from + found.prefix.program ? 'shell_redirection_before' : 'shell_redirection', early.start, early.end)
  }
  const rest = text.slice(next)
  const lost = rest.search(LOST)
  if (lost !== -1) return refuse('control_character', next + lost, next + lost + 1)
  const again = COMMAND_WORD.exec(rest)
  if (again !== null) return refuse('multiple_commands', next + again.index, next + again.index + again[0].length)
  if ((terminator === '&&' || terminator === '||' || terminator === '|') && /^[ \t\n]*$/.test(rest)) {
    return refuse('shell_syntax', next - terminator.length, next)
  }

  const background = terminator === 'newline' || terminator === ';' ? null : LIST_END.exec(rest)
  if (background !== null && background[0] === '&') return refuse('shell_background', next + background.index, next + background.index + 1)

  const merged = redirections.length === 1 && redirections[0]?.merge === true
  const done = redirections.length === 0 && endsLine(text, terminator, next)
  const formatter = terminator === '|' && (merged || redirections.length === 0) ? readFormatter(text, next) : null
  const context = [...found.context]
  for (const {start, end} of redirections) {
    context.push(
      formatter === null
        ? {start, end, role: 'context', note: 'stays in place'}
        : {start, end, role: 'dropped', note: 'the output is shown by the lane'},
    )
  }
  if (formatter !== null && found.whole) context.push({...formatter, role: 'dropped', note: 'the output is shown by the lane'})
  else if (!done && rest.trim() !== '') context.push({start: next, end: text.trimEnd().length, role: 'context', note: 'stays in place'})
  return {
    kind: 'command',
    words: from === 0 ? words : words.slice(from),
    prefix: from === 0 ? found.prefix : shift(found.prefix, from),
    directories: found.directories,
    whole: found.whole && (done || formatter !== null),
    context,
  }
}

/** What no string can carry to a shell, and what decoding left where it met no text: neither could be given back as it came. */
const LOST = /[\0\uFFFD]|\p{Cs}/u

/** What ends a list of commands; a lone `&` puts all of it into the background. */
const LIST_END = /[;\n]|(?<![&<>|])&(?![&>])/

function shift(prefix: Prefix, by: number): Prefix {
  return {program: prefix.program - by, assignments: prefix.assignments.map((one) => ({...one, index: one.index - by}))}
}

/** A lone `!`, `{` or `(` where a command begins is control flow rather than a strange character. */
function reword(text: string, command: SimpleCommand, refusal: Refusal): Refusal {
  const begins = command.words.length === 0 || command.words.every((word) => isKeyword(word.text))
  if (begins && refusal.code === 'shell_history' && /^![ \t\n]/.test(text.slice(refusal.start, refusal.start + 2)))
    return {...refusal, code: 'shell_control_flow'}
  const keyword = command.words[0]
  if (keyword !== undefined && keyword.plain && keyword.text !== 'time' && isKeyword(keyword.text)) {
    return {code: 'shell_control_flow', start: keyword.start, end: keyword.end}
  }
  return refusal
}
