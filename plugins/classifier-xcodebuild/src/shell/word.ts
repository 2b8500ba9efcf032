import {findInvisible} from '../invisible.ts'
import {type Refusal, refusedCharacter, span} from './refused-character.ts'

/** One word as every shell hands it to the program. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Written without quotes, escapes and continuations. */
  readonly plain: boolean
}

/** Past spaces, tabs and continued lines. */
export function skipBlanks(text: string, from: number): number {
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

/** Reads the word that begins here: bare characters, quoted parts that mean themselves, escaped spaces, continued lines. */
export function readWord(text: string, start: number): Word | Refusal {
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

export function isWordEnd(code: number): boolean {
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

function wordEnd(text: string, from: number): number {
  let at = from
  while (!isWordEnd(text.charCodeAt(at))) at++
  return at
}
