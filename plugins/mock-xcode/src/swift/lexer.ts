import {lexNumber} from './lex-number.ts'
import {lexString} from './lex-string.ts'
import {type Fixity, keywords, type StringSegment, type Token, type TokenKind} from './token.ts'
import type {SourceText} from './source-text.ts'

/** All tokens of a source, ending with one `end` token. Lexical faults are reported to `source`. */
export function lex(source: SourceText): readonly Token[] {
  return lexRange(source, source.text.startsWith('#!') ? endOfLine(source.text, 0) : 0, source.text.length)
}

const operatorStart =
  /[-/=+!*%<>&|^~?\u00A1-\u00A7\u00A9\u00AB\u00AC\u00AE\u00B0\u00B1\u00B6\u00BB\u00BF\u00D7\u00F7\u2016\u2017\u2020-\u2027\u2030-\u203E\u2041-\u2053\u2055-\u205E\u2190-\u23FF\u2500-\u2775\u2794-\u2BFF\u2E00-\u2E7F\u3001-\u3003\u3008-\u3020\u3030]/
const identifierStart = /[\p{L}_\p{Extended_Pictographic}]/u
const identifierBody = /[\p{L}\p{N}\p{M}\p{Emoji_Modifier}_\p{Extended_Pictographic}]|\u200D|\uFE0F/u
const directives = new Set(['#if', '#elseif', '#else', '#endif', '#sourceLocation', '#warning', '#error'])

function lexRange(source: SourceText, start: number, stop: number): readonly Token[] {
  const {text} = source
  const tokens: Token[] = []
  let at = start
  let newline = true
  const push = (kind: TokenKind, end: number, more: {fixity?: Fixity; segments?: readonly StringSegment[]} = {}): void => {
    tokens.push({kind, text: text.slice(at, end), start: at, end, ...source.position(at), newline, ...more})
    newline = false
    at = end
  }
  while (at < stop) {
    const character = text[at] ?? ''
    if (character === '\n' || character === '\r') {
      newline = true
      at += 1
    } else if (/\s/.test(character) || character === '\uFEFF' || character === '\0') at += 1
    else if (text.startsWith('//', at)) at = endOfLine(text, at)
    else if (text.startsWith('/*', at)) {
      const end = commentEnd(source, at)
      if (text.slice(at, end).includes('\n')) newline = true
      at = end
    } else if (character === '"' || (character === '#' && /^#+"/.test(text.slice(at, at + 12)))) {
      const {end, segments} = lexString(source, at, lexRange)
      push('string', end, {segments})
    } else if (character === '#' && /^#+\//.test(text.slice(at, at + 12))) push('regex', extendedRegexEnd(source, at))
    else if (/[0-9]/.test(character)) push('number', afterDot(tokens) ? tupleIndexEnd(text, at) : lexNumber(source, at))
    else if (character === '`') push('identifier', backtickEnd(source, at))
    else if (character === '#' && identifierStart.test(text[at + 1] ?? '')) {
      const end = identifierEnd(text, at + 1)
      push(directives.has(text.slice(at, end)) ? 'directive' : 'punctuation', end)
    } else if (character === '$' || isIdentifierStart(text, at)) {
      const end = identifierEnd(text, at + 1)
      push(keywords.has(text.slice(at, end)) ? 'keyword' : 'identifier', end)
    } else if ('(){}[],;:@\\#'.includes(character)) push('punctuation', at + 1)
    else if (character === "'") {
      const close = text.slice(at, endOfLine(text, at)).indexOf("'", 1)
      if (close > 0) {
        source.report(at, "single-quoted string literal found, use '\"'")
        push('string', at + close + 1, {segments: [{kind: 'text', value: text.slice(at + 1, at + close)}]})
      } else {
        source.report(at, 'unterminated string literal')
        push('string', endOfLine(text, at), {segments: []})
      }
    } else if (character === '.') {
      if (text[at + 1] === '.') push('operator', dotOperatorEnd(text, at), {fixity: fixityOf(text, at, dotOperatorEnd(text, at))})
      else push('punctuation', at + 1)
    } else if ((character === '!' || character === '?') && isLeftBound(text, at, start)) push('operator', at + 1, {fixity: 'postfix'})
    else if (operatorStart.test(character)) {
      const regex = character === '/' ? bareRegexEnd(text, at, tokens.at(-1), stop) : undefined
      if (regex === undefined) {
        if (text.startsWith('*/', at)) source.report(at, 'unexpected end of block comment')
        const end = operatorEnd(text, at)
        push('operator', end, {fixity: fixityOf(text, at, end)})
      } else push('regex', regex)
    } else {
      source.report(at, 'invalid character in source file')
      at += String.fromCodePoint(text.codePointAt(at) ?? 0).length
    }
  }
  tokens.push({kind: 'end', text: '', start: stop, end: stop, ...source.position(stop), newline: true})
  return tokens
}

function isIdentifierStart(text: string, at: number): boolean {
  return identifierStart.test(String.fromCodePoint(text.codePointAt(at) ?? 0))
}

function identifierEnd(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (!identifierBody.test(character)) break
    at += character.length
  }
  return at
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

function commentEnd(source: SourceText, start: number): number {
  const {text} = source
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith('/*', at)) {
      depth += 1
      at += 1
    } else if (text.startsWith('*/', at)) {
      depth -= 1
      at += 1
      if (depth === 0) return at + 1
    }
  }
  source.report(start, "unterminated '/*' comment")
  return text.length
}

function backtickEnd(source: SourceText, start: number): number {
  const close = source.text.slice(start, endOfLine(source.text, start)).indexOf('`', 1)
  if (close > 0) return start + close + 1
  source.report(start, 'invalid character in source file')
  return start + 1
}

function afterDot(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.text === '.'
}

function tupleIndexEnd(text: string, start: number): number {
  let at = start
  while (/[0-9]/.test(text[at] ?? '')) at += 1
  return at
}

function dotOperatorEnd(text: string, start: number): number {
  let at = start
  while (text[at] === '.' || operatorStart.test(text[at] ?? '')) at += 1
  return at
}

function operatorEnd(text: string, start: number): number {
  let at = start + 1
  while (operatorStart.test(text[at] ?? '') && !text.startsWith('//', at) && !text.startsWith('/*', at)) at += 1
  return at
}

function isLeftBound(text: string, at: number, first: number): boolean {
  if (at <= first) return false
  const before = text[at - 1] ?? ''
  return !/[\s([{,;:\0]/.test(before) && !(before === '/' && text[at - 2] === '*')
}

function isRightBound(text: string, end: number, leftBound: boolean): boolean {
  const after = text[end]
  if (after === undefined || /[\s)\]},;:\0]/.test(after)) return false
  if (after === '.') return !leftBound
  return !(text.startsWith('//', end) || text.startsWith('/*', end))
}

function fixityOf(text: string, start: number, end: number): Fixity {
  const left = isLeftBound(text, start, 0)
  const right = isRightBound(text, end, left)
  if (left === right) return 'infix'
  return left ? 'postfix' : 'prefix'
}

/** A regex literal without marks: stands where an operand is expected and is closed on its line. */
function bareRegexEnd(text: string, start: number, before: Token | undefined, stop: number): number | undefined {
  const next = text[start + 1] ?? ''
  if (/[\s/*)]/.test(next) || isLeftBound(text, start, 0) || endsOperand(before, text, start)) return undefined
  let parentheses = 0
  let set = false
  for (let at = start + 1; at < Math.min(stop, endOfLine(text, start)); at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '[') set = true
    else if (character === ']') set = false
    else if (!set && character === '(') parentheses += 1
    else if (!set && character === ')') {
      parentheses -= 1
      if (parentheses < 0) return undefined
    } else if (!set && character === '/') return /\s/.test(text[at - 1] ?? '') ? undefined : at + 1
  }
  return undefined
}

function endsOperand(token: Token | undefined, text: string, at: number): boolean {
  if (token === undefined || text.slice(token.end, at).includes('\n')) return false
  if (token.kind === 'identifier' || token.kind === 'number' || token.kind === 'string' || token.kind === 'regex') return true
  if (token.kind === 'keyword') return /^(?:self|Self|super|nil|true|false|Any|_)$/.test(token.text)
  return token.text === ')' || token.text === ']' || token.text === '}' || token.fixity === 'postfix'
}

function extendedRegexEnd(source: SourceText, start: number): number {
  const {text} = source
  let at = start
  while (text[at] === '#') at += 1
  const close = `/${text.slice(start, at)}`
  const multiline = /^\/[ \t]*\r?\n/.test(text.slice(at, at + 200))
  const end = text.indexOf(close, at + 1)
  if (end < 0 || (!multiline && text.slice(at, end).includes('\n'))) {
    source.report(start, 'unterminated regex literal')
    return endOfLine(text, start)
  }
  return end + close.length
}
