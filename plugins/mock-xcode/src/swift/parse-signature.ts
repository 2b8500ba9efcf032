import type {Parameter} from './ast.ts'
import type {Cursor} from './cursor.ts'
import {startsType} from './parse-type.ts'

/** `<T: P, each U>` behind a declared name, when there is one. */
export function parseGenericParameters(cursor: Cursor): void {
  if (cursor.current.kind !== 'operator' || !cursor.current.text.startsWith('<')) return
  cursor.acceptOperatorPart('<')
  do {
    if (cursor.at('>')) cursor.fail('expected an identifier to name generic parameter')
    while (cursor.at('@')) cursor.grammar.attribute(cursor)
    if ((cursor.at('each') || cursor.at('let')) && cursor.peek(1).kind === 'identifier') cursor.advance()
    if (cursor.peek(0).kind !== 'identifier') cursor.fail('expected an identifier to name generic parameter')
    cursor.grammar.type(cursor)
    if (cursor.accept(':')) cursor.grammar.type(cursor)
    if (cursor.accept('=')) cursor.grammar.type(cursor)
  } while (cursor.accept(','))
  parseWhere(cursor)
  if (!cursor.acceptOperatorPart('>')) cursor.fail("expected '>' to complete generic parameter list")
}

/** `where T: P, U == V`, when there is one. */
export function parseWhere(cursor: Cursor): void {
  if (!cursor.accept('where')) return
  do {
    while (cursor.at('@')) cursor.grammar.attribute(cursor)
    cursor.grammar.type(cursor)
    if (!cursor.accept(':') && !cursor.accept('==')) cursor.fail("expected ':' or '==' to indicate a conformance or same-type requirement")
    if (cursor.current.kind === 'number') cursor.advance()
    else cursor.grammar.type(cursor)
  } while (cursor.accept(','))
}

/** `(label name: Type = value, …)`; the cursor is at the parenthesis. */
export function parseParameters(cursor: Cursor): readonly Parameter[] {
  cursor.advance()
  const parameters: Parameter[] = []
  while (!cursor.at(')')) {
    if (cursor.at(',')) cursor.fail("unexpected ',' separator")
    if (cursor.ended || cursor.at('{') || cursor.at('}')) cursor.fail("expected ')' in parameter")
    parameters.push(parameter(cursor))
    if (cursor.accept(',')) continue
    if (!cursor.at(')'))
      cursor.fail(cursor.current.newline || cursor.at('{') || cursor.at('->') ? "expected ')' in parameter" : "expected ',' separator")
  }
  cursor.advance()
  return parameters
}

function parameter(cursor: Cursor): Parameter {
  while (cursor.at('@')) cursor.grammar.attribute(cursor)
  while ((cursor.at('isolated') || cursor.at('inout')) && cursor.peek(1).kind === 'identifier' && cursor.peek(1).text !== ':')
    cursor.advance()
  const words: string[] = []
  while (
    words.length < 2 &&
    (cursor.current.kind === 'identifier' || cursor.current.kind === 'keyword') &&
    !cursor.current.text.startsWith('#')
  )
    words.push(cursor.advance().text)
  const name = words.at(-1)
  if (name === undefined) cursor.fail("expected parameter name followed by ':'")
  if (!cursor.at(':'))
    cursor.fail(
      words.length === 2 ? "expected ':' following argument label and parameter name" : 'parameter requires an explicit type',
      cursor.previous?.end,
    )
  cursor.advance()
  if (!startsType(cursor)) cursor.fail("expected parameter type following ':'", cursor.previous?.end)
  const type = cursor.grammar.type(cursor)
  const variadic = cursor.accept('...')
  const value = cursor.accept('=') ? cursor.grammar.expression(cursor) : undefined
  const label = words[0] === '_' ? undefined : words[0]
  return {label, name: name.replaceAll('`', ''), type, value, variadic}
}
