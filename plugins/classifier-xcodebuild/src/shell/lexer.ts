import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {findInvisible} from '../invisible.ts'

/** One word as every shell hands it to the program. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Written without quotes, escapes and continuations. */
  readonly plain: boolean
}

export interface Redirection {
  readonly start: number
  readonly end: number
  /** How many words of the command stand in front of it. */
  readonly at: number
  /** `2>&1`. */
  readonly merge: boolean
}

export type Terminator = '&&' | '||' | '|' | ';' | 'newline' | 'end'

export interface SimpleCommand {
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
  readonly terminator: Terminator
  /** Just behind the terminator. */
  readonly next: number
  /** Where reading ended, when it met something outside of the subset. */
  readonly refusal: Refusal | null
}

export interface Refusal {
  readonly code: ClassifierErrorCode
  readonly start: number
  readonly end: number
}

/**
 * Reads one simple command of the literal subset: what bash and zsh both read as exactly these words, whatever their options.
 * Anything else ends the reading with a code that names the construct.
 * @param from where to begin; leading blanks are skipped
 */
export function readCommand(text: string, from: number): SimpleCommand {
  const words: Word[] = []
  const redirections: Redirection[] = []
  let at = from
  const end = (terminator: Terminator, next: number): SimpleCommand => ({words, redirections, terminator, next, refusal: null})
  const refuse = (refusal: Refusal): SimpleCommand => ({words, redirections, terminator: 'end', next: refusal.start, refusal})

  for (;;) {
    at = skipBlanks(text, at)
    if (at >= text.length) return end('end', at)
    const char = text[at]
    if (char === '\n') return end('newline', at + 1)
    if (char === ';') return isOneOf(text[at + 1], ';&|') ? refuse(span('shell_syntax', at, at + 2)) : end(';', at + 1)
    if (char === '|') {
      if (text[at + 1] === '|') return end('||', at + 2)
      return end('|', text[at + 1] === '&' ? at + 2 : at + 1)
    }
    if (char === '&' && text[at + 1] === '&') return end('&&', at + 2)
    if (char === '&' && text[at + 1] !== '>') return refuse(span('shell_background', at, at + 1))
    if (char === '<' || char === '>' || char === '&') {
      const redirection = readRedirection(text, at, at, words.length)
      if ('code' in redirection) return refuse(redirection)
      redirections.push(redirection)
      at = redirection.end
      continue
    }
    const word = readWord(text, at)
    if ('code' in word) return refuse(word)
    if (touchesRedirection(text, word)) {
      // A digit is a file descriptor to all shells; more digits, or a digit in quotes, only to some.
      if (!word.plain || word.text.length > 1 || text[word.end] === '&') return refuse(span('shell_redirection', word.start, word.end + 1))
      const redirection = readRedirection(text, word.start, word.end, words.length)
      if ('code' in redirection) return refuse(redirection)
      redirections.push(redirection)
      at = redirection.end
      continue
    }
    words.push(word)
    at = word.end
  }
}

/** Past spaces, tabs and continued lines. */
function skipBlanks(text: string, from: number): number {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === 0x20 || code === 0x09) at++
    else if (code === 0x5c && text.charCodeAt(at + 1) === 0x0a) at += 2
    else return at
  }
}

/** Bare characters: letters, digits and `_@%+:,./=-`. Built once as a table because every character of a line passes here. */
const BARE = new Uint8Array(128)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./=-') BARE[char.charCodeAt(0)] = 1

function readWord(text: string, start: number): Word | Refusal {
  let at = start
  let out = ''
  let plain = true
  let partStart = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code < 128 && BARE[code] === 1) {
      if (code === 0x3d && isExpandableEquals(out, text, partStart, at)) return span('shell_equals', start, wordEnd(text, at))
      at++
      continue
    }
    out += text.slice(partStart, at)
    switch (code) {
      case 0x27: {
        const close = text.indexOf("'", at + 1)
        if (close === -1) return span('shell_quoting', at, text.length)
        // With an option of zsh's, two single quotes inside single quotes are one.
        if (text.charCodeAt(close + 1) === 0x27) return span('shell_quoting', at, close + 2)
        const inside = text.slice(at + 1, close)
        const invisible = findInvisible(inside)
        if (invisible !== -1) return span('control_character', at + 1 + invisible, at + 2 + invisible)
        out += inside
        at = close + 1
        plain = false
        break
      }
      case 0x22: {
        const close = readDoubleQuoted(text, at)
        if (typeof close !== 'number') return close
        out += text.slice(at + 1, close)
        at = close + 1
        plain = false
        break
      }
      case 0x5c: {
        const next = text.charCodeAt(at + 1)
        if (next === 0x20) out += ' '
        else if (next !== 0x0a) return span('shell_escape', at, at + 2)
        at += 2
        plain = false
        break
      }
      default:
        if (isWordEnd(code)) return {text: out, start, end: at, plain}
        return refusedCharacter(text, at)
    }
    partStart = at
  }
}

/** Up to the closing quote; only characters that mean themselves. Returns where it closes. */
function readDoubleQuoted(text: string, start: number): number | Refusal {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const invisible = findInvisible(text.slice(start + 1, at))
      return invisible === -1 ? at : span('control_character', start + 1 + invisible, start + 2 + invisible)
    }
    if (code === 0x24 || code === 0x60 || code === 0x5c || code === 0x21) return refusedCharacter(text, at)
  }
  return span('shell_quoting', start, text.length)
}

/** zsh expands `=name` at the start of a word, and in assignments after `=` and `:` as well (with an option, in every word). */
function isExpandableEquals(out: string, text: string, partStart: number, at: number): boolean {
  const before = at > partStart ? text[at - 1] : out.at(-1)
  return before === undefined || before === '=' || before === ':'
}

function isWordEnd(code: number): boolean {
  // NaN is the end of the text.
  return (
    Number.isNaN(code) ||
    code === 0x20 ||
    code === 0x09 ||
    code === 0x0a ||
    code === 0x3b ||
    code === 0x26 ||
    code === 0x7c ||
    code === 0x3c ||
    code === 0x3e
  )
}

function touchesRedirection(text: string, word: Word): boolean {
  const next = text[word.end]
  if (next !== '<' && next !== '>' && !(next === '&' && text[word.end + 1] === '>')) return false
  return /^[0-9]+$/.test(word.text)
}

/** A redirection with a literal target. `start` is where its descriptor begins, `at` its operator. */
function readRedirection(text: string, start: number, at: number, words: number): Redirection | Refusal {
  const operator = /^(?:&>>?|>[>|]?|<)/.exec(text.slice(at, at + 3))?.[0] ?? ''
  const behind = at + operator.length
  const next = text[behind]
  if (operator === '<' && next === '<') return span('shell_heredoc', start, behind + 1)
  if (next === '(') return span('shell_process_substitution', start, behind + 1)
  if (operator === '>' && next === '&') {
    const duplicate = /^&[12-](?=$|[ \t\n;|])/.exec(text.slice(behind, behind + 3))
    if (duplicate === null) return span('shell_redirection', start, behind + 1)
    return {start, end: behind + 2, at: words, merge: text.slice(start, behind + 2) === '2>&1'}
  }
  const target = skipBlanks(text, behind)
  if (/^[<>]\($/.test(text.slice(target, target + 2))) return span('shell_process_substitution', target, target + 2)
  if (target >= text.length || isWordEnd(text.charCodeAt(target)))
    return span('shell_redirection', start, Math.min(target + 1, text.length))
  const word = readWord(text, target)
  if ('code' in word) return word
  // `<1-9>` is a pattern to zsh, reading into another descriptor fails in it, digits in front of a redirection are its descriptor.
  const reads = operator === '<' && (start !== at || /^[0-9-]/.test(word.text))
  if (word.text === '' || reads || touchesRedirection(text, word)) return span('shell_redirection', start, word.end)
  return {start, end: word.end, at: words, merge: false}
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

function refusedCharacter(text: string, at: number): Refusal {
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

function wordEnd(text: string, from: number): number {
  let at = from
  while (!isWordEnd(text.charCodeAt(at))) at++
  return at
}

function span(code: ClassifierErrorCode, start: number, end: number): Refusal {
  return {code, start, end}
}

function isOneOf(char: string | undefined, set: string): boolean {
  return char !== undefined && set.includes(char)
}
