import {Cursor} from './cursor.ts'

const specifiers = new Set('inout borrowing consuming __owned __shared sending isolated nonisolated _const some any each repeat'.split(' '))

/** Reads a type and gives its source text. */
export function parseType(cursor: Cursor): string {
  const {start} = cursor.current
  composition(cursor)
  if (isArrow(cursor)) {
    effects(cursor)
    cursor.expect('->', "expected '->' in function type")
    if (!startsType(cursor)) cursor.fail('expected type')
    parseType(cursor)
  }
  return cursor.slice(start)
}

/** `<A, B>` behind a name; the cursor is at the `<`. */
export function parseGenericArguments(cursor: Cursor): void {
  cursor.acceptOperatorPart('<')
  if (cursor.acceptOperatorPart('>')) return
  do {
    cursor.acceptOperatorPart('-')
    if (cursor.current.kind === 'number') cursor.advance()
    else parseType(cursor)
  } while (cursor.accept(',') && !cursor.current.text.startsWith('>'))
  if (!cursor.acceptOperatorPart('>')) cursor.fail("expected '>' to complete generic argument list")
}

export function startsType(cursor: Cursor): boolean {
  const {current} = cursor
  if (current.kind === 'identifier' || current.text === '(' || current.text === '[' || current.text === '@' || current.text === '~')
    return true
  return current.kind === 'keyword' && /^(?:Any|Self|self|_|inout|repeat|class|super|Type|protocol)$/.test(current.text)
}

/** `async`, `throws`, `throws(E)`, `rethrows`. */
export function effects(cursor: Cursor): {readonly async: boolean; readonly throws: boolean} {
  let async = false
  let throws = false
  for (;;) {
    if (cursor.at('async') || cursor.at('reasync')) async = true
    else if (cursor.at('throws') || cursor.at('rethrows')) throws = true
    else return {async, throws}
    cursor.advance()
    if (throws && cursor.at('(') && cursor.previous?.text === 'throws') {
      cursor.advance()
      parseType(cursor)
      cursor.expect(')', "expected ')' after thrown error type")
    }
  }
}

function isArrow(cursor: Cursor): boolean {
  if (cursor.at('->')) return true
  let ahead = 0
  while (/^(?:async|reasync|throws|rethrows)$/.test(cursor.peek(ahead).text)) {
    ahead += 1
    if (cursor.peek(ahead).text === '(') ahead = cursor.behindBrackets(ahead)
  }
  return ahead > 0 && cursor.peek(ahead).text === '->'
}

function composition(cursor: Cursor): void {
  do {
    prefix(cursor)
    simple(cursor)
  } while (cursor.current.fixity === 'infix' && cursor.accept('&'))
}

function prefix(cursor: Cursor): void {
  for (;;) {
    if (cursor.at('@')) cursor.grammar.attribute(cursor)
    else if (cursor.at('~')) cursor.advance()
    else if (specifiers.has(cursor.current.text) && cursor.current.kind !== 'string' && isSpecifier(cursor)) {
      cursor.advance()
      if (cursor.at('(') && /^(?:nonisolated)$/.test(cursor.previous?.text ?? '')) cursor.skip(cursor.behindBrackets(0))
    } else return
  }
}

function isSpecifier(cursor: Cursor): boolean {
  const next = cursor.peek(1)
  if (cursor.at('nonisolated')) return next.text === '('
  if (next.newline && !cursor.at('inout')) return false
  return next.kind === 'identifier' || next.kind === 'keyword' || '([@~'.includes(next.text)
}

function simple(cursor: Cursor): void {
  const {current} = cursor
  if (current.text === '(' && current.kind === 'punctuation') tuple(cursor)
  else if (current.text === '[' && current.kind === 'punctuation') collection(cursor)
  else if (startsType(cursor)) {
    cursor.advance()
    if (cursor.current.text.startsWith('<') && cursor.current.kind === 'operator') parseGenericArguments(cursor)
  } else cursor.fail('expected type')
  suffix(cursor)
}

function suffix(cursor: Cursor): void {
  for (;;) {
    const {current} = cursor
    const adjacent = cursor.previous?.end === current.start
    if (
      current.kind === 'operator' &&
      adjacent &&
      (current.text.startsWith('?') || current.text.startsWith('!')) &&
      !current.text.startsWith('!=')
    ) {
      cursor.acceptOperatorPart(current.text.charAt(0))
    } else if (current.text === '.' && current.kind === 'punctuation' && cursor.peek(1).text !== '[') {
      cursor.advance()
      const member = cursor.current
      if (member.kind !== 'identifier' && member.kind !== 'keyword') cursor.fail("expected member name following '.'")
      cursor.advance()
      if (cursor.current.text.startsWith('<') && cursor.current.kind === 'operator') parseGenericArguments(cursor)
    } else return
  }
}

function tuple(cursor: Cursor): void {
  cursor.advance()
  while (!cursor.at(')')) {
    let labels = 0
    while (labels < 3 && (cursor.peek(labels).kind === 'identifier' || cursor.peek(labels).kind === 'keyword')) labels += 1
    while (labels > 0 && cursor.peek(labels).text !== ':') labels -= 1
    if (labels > 0) cursor.skip(labels + 1)
    parseType(cursor)
    cursor.accept('...')
    if (cursor.accept('=')) cursor.grammar.expression(cursor)
    if (!cursor.accept(',')) break
  }
  cursor.expect(')', "expected ')' at end of tuple list")
}

function collection(cursor: Cursor): void {
  cursor.advance()
  if (cursor.current.kind === 'number') cursor.advance()
  else parseType(cursor)
  if (cursor.accept(':') || cursor.accept('of')) parseType(cursor)
  cursor.expect(']', "expected ']' in array type")
}
