import type {SourceText} from './source-text.ts'
import type {StringSegment, Token} from './token.ts'

export interface LexedString {
  readonly end: number
  readonly segments: readonly StringSegment[]
}

type LexRange = (source: SourceText, start: number, stop: number) => readonly Token[]

/**
 * Lexes the string literal at `start`, which may begin with `#` marks, on one line or as `"""`. Interpolations are lexed by `lexRange`.
 * Every fault of the literal is reported; the returned end is then the best place to go on.
 */
export function lexString(source: SourceText, start: number, lexRange: LexRange): LexedString {
  const {text} = source
  let pounds = 0
  while (text[start + pounds] === '#') pounds += 1
  const quote = start + pounds
  const marks = '#'.repeat(pounds)
  const multiline =
    text.startsWith('"""', quote) &&
    !(pounds > 0 && text.startsWith(`"""${marks}`, quote) && !text.slice(quote + 3 + pounds).includes(`"""${marks}`))
  const opening = multiline ? '"""' : '"'
  const closing = opening + marks
  const segments: StringSegment[] = []
  let value = ''
  let at = quote + opening.length
  if (multiline && !/^[ \t]*\r?\n/.test(text.slice(at, at + 400)))
    source.report(at, 'multi-line string literal content must begin on a new line')
  for (;;) {
    const character = text[at]
    if (character === undefined || (!multiline && (character === '\n' || character === '\r'))) {
      source.report(start, 'unterminated string literal')
      break
    }
    if (text.startsWith(closing, at)) {
      if (multiline) checkIndentation(source, quote + 3, at)
      at += closing.length
      break
    }
    if (character === '\\' && text.startsWith(marks, at + 1)) {
      const escape = at + 1 + pounds
      if (text[escape] === '(') {
        const close = interpolationEnd(text, escape, multiline)
        if (close === undefined) {
          source.report(escape, "cannot find ')' to match opening '(' in string interpolation")
          at = escape + 1
          continue
        }
        segments.push({kind: 'text', value}, {kind: 'interpolation', tokens: lexRange(source, escape + 1, close)})
        value = ''
        at = close + 1
        continue
      }
      const lexed = lexEscape(source, escape, multiline)
      value += lexed.value
      at = lexed.end
      continue
    }
    value += character
    at += 1
  }
  segments.push({kind: 'text', value: multiline ? dedent(value) : value})
  return {end: at, segments}
}

const simpleEscapes: Readonly<Record<string, string>> = {'0': '\0', '\\': '\\', t: '\t', n: '\n', r: '\r', '"': '"', "'": "'"}

function lexEscape(source: SourceText, at: number, multiline: boolean): {readonly value: string; readonly end: number} {
  const {text} = source
  const character = text[at] ?? ''
  const simple = simpleEscapes[character]
  if (simple !== undefined) return {value: simple, end: at + 1}
  if (character === 'u') {
    const scalar = /^u\{([0-9a-fA-F]{1,8})\}/.exec(text.slice(at, at + 12))
    if (scalar === null) {
      source.report(
        at - 1,
        text[at + 1] === '{'
          ? '\\u{...} escape sequence expects between 1 and 8 hex digits'
          : 'expected hexadecimal code in \\u{...} escape sequence',
      )
      return {value: '', end: at + 1}
    }
    const code = Number.parseInt(scalar[1] ?? '0', 16)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      source.report(at - 1, 'invalid unicode scalar')
      return {value: '', end: at + scalar[0].length}
    }
    return {value: String.fromCodePoint(code), end: at + scalar[0].length}
  }
  if (multiline && /^[ \t]*\r?\n/.test(text.slice(at, at + 400))) {
    const newline = text.indexOf('\n', at)
    return {value: '', end: newline + 1}
  }
  source.report(at - 1, 'invalid escape sequence in literal')
  return {value: character, end: at + (character === '\n' ? 0 : 1)}
}

/** Offset of the parenthesis that closes the interpolation whose `(` is at `open`; nested strings and comments are skipped. */
function interpolationEnd(text: string, open: number, multiline: boolean): number | undefined {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    const character = text[at]
    if (character === '(') depth += 1
    else if (character === ')') {
      depth -= 1
      if (depth === 0) return at
    } else if (character === '\n' && !multiline) return undefined
    else if (character === '"' || (character === '#' && /^#+"/.test(text.slice(at, at + 8)))) {
      const end = skipNestedString(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2)
      if (close < 0) return undefined
      at = close + 1
    }
  }
  return undefined
}

function skipNestedString(text: string, start: number): number | undefined {
  let at = start
  while (text[at] === '#') at += 1
  const marks = text.slice(start, at)
  const opening = text.startsWith('"""', at) ? '"""' : '"'
  at += opening.length
  while (at < text.length) {
    if (text.startsWith(opening + marks, at)) return at + opening.length + marks.length
    if (opening === '"' && text[at] === '\n') return undefined
    if (text[at] === '\\' && text.startsWith(marks, at + 1)) {
      const escape = at + 1 + marks.length
      if (text[escape] === '(') {
        const close = interpolationEnd(text, escape, opening === '"""')
        if (close === undefined) return undefined
        at = close + 1
      } else at = escape + 1
    } else at += 1
  }
  return undefined
}

function checkIndentation(source: SourceText, contentStart: number, closing: number): void {
  const {text} = source
  const lastLine = text.lastIndexOf('\n', closing - 1) + 1
  const indentation = text.slice(lastLine, closing)
  if (lastLine <= contentStart || !/^[ \t]*$/.test(indentation)) {
    if (text.slice(contentStart, closing).includes('\n'))
      source.report(closing, 'multi-line string literal closing delimiter must begin on a new line')
    return
  }
  let line = text.indexOf('\n', contentStart) + 1
  while (line > 0 && line < lastLine) {
    const end = text.indexOf('\n', line)
    const content = text.slice(line, end)
    if (content.trim() !== '' && !content.startsWith(indentation)) {
      source.report(line, 'insufficient indentation of line in multi-line string literal')
      return
    }
    line = end + 1
  }
}

/** The value of a multi-line literal, roughly: without the first break, the last line and the indentation of the last line. */
function dedent(value: string): string {
  const lines = value.split('\n')
  const indentation = /^[ \t]*$/.test(lines.at(-1) ?? '') ? (lines.at(-1) ?? '') : ''
  return lines
    .slice(1, -1)
    .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line))
    .join('\n')
}
