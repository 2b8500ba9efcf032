import {type Refusal, span} from './refused-character.ts'
import {isWordEnd, readWord, skipBlanks, type Word} from './word.ts'

export interface Redirection {
  readonly start: number
  readonly end: number
  /** How many words of the command stand in front of it. */
  readonly at: number
  /** `2>&1`. */
  readonly merge: boolean
}

/** Whether a word of digits stands directly in front of a redirection, where shells may take it as a descriptor. */
export function touchesRedirection(text: string, word: Word): boolean {
  const next = text[word.end]
  if (next !== '<' && next !== '>' && !(next === '&' && text[word.end + 1] === '>')) return false
  return /^[0-9]+$/.test(word.text)
}

/** A redirection with a literal target. `start` is where its descriptor begins, `at` its operator. */
export function readRedirection(text: string, start: number, at: number, words: number): Redirection | Refusal {
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
