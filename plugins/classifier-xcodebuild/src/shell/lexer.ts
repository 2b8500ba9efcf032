import {type Redirection, readRedirection, touchesRedirection} from './redirection.ts'
import {type Refusal, span} from './refused-character.ts'
import {readWord, skipBlanks, type Word} from './word.ts'

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

function isOneOf(char: string | undefined, set: string): boolean {
  return char !== undefined && set.includes(char)
}
