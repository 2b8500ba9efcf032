import type {Argument, Expression} from './ast.ts'
import {Cursor, SyntaxFault} from './cursor.ts'
import {acceptGenericArguments} from './generic-arguments.ts'
import type {Token} from './token.ts'

/** Reads an operand without what may hang behind it. */
export function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.current
  switch (token.kind) {
    case 'number':
      cursor.advance()
      return {...cursor.place(token), kind: 'number', text: token.text}
    case 'string':
      cursor.advance()
      return {...cursor.place(token), kind: 'string', segments: segments(cursor, token)}
    case 'regex':
      cursor.advance()
      return {...cursor.place(token), kind: 'other'}
    case 'identifier':
      cursor.advance()
      acceptGenericArguments(cursor)
      return {...cursor.place(token), kind: 'name', name: token.text.replaceAll('`', '')}
    case 'keyword':
      return keyword(cursor, token)
    case 'punctuation':
      return punctuated(cursor, token)
    default:
      return cursor.fail('expected expression')
  }
}

/** An argument or element list behind its opening bracket; takes the closing one. */
export function parseArguments(cursor: Cursor, close: string): readonly Argument[] {
  const pattern = cursor.mode.pattern === true
  const list: Argument[] = []
  while (!cursor.at(close)) {
    if (cursor.at(',')) cursor.fail("unexpected ',' separator")
    if (isUnclosed(cursor)) cursor.fail(close === ')' ? "expected ')' in expression list" : "expected ']' in expression list")
    const labelled =
      (cursor.current.kind === 'identifier' || cursor.current.kind === 'keyword') &&
      cursor.peek(1).text === ':' &&
      cursor.peek(1).kind === 'punctuation'
    const label = labelled ? cursor.advance().text : undefined
    if (labelled) cursor.advance()
    list.push({label, value: cursor.grammar.expression(cursor, pattern ? {pattern} : {})})
    if (cursor.accept(',')) continue
    if (cursor.at(close)) break
    const open = isUnclosed(cursor) || cursor.current.newline
    cursor.fail(open ? `expected '${close}' in expression list` : "expected ',' separator")
  }
  cursor.advance()
  return list
}

function isUnclosed(cursor: Cursor): boolean {
  const {current} = cursor
  return current.kind === 'end' || (current.kind === 'punctuation' && ')]};'.includes(current.text))
}

function segments(cursor: Cursor, token: Token): readonly (string | Expression)[] {
  return (token.segments ?? []).map((segment) => {
    if (segment.kind === 'text') return segment.value
    const inner = new Cursor(cursor.source, segment.tokens, cursor.grammar)
    const list: Expression[] = []
    do {
      if (inner.ended) break
      if ((inner.current.kind === 'identifier' || inner.current.kind === 'keyword') && inner.peek(1).text === ':') inner.skip(2)
      list.push(cursor.grammar.expression(inner))
    } while (inner.accept(','))
    if (!inner.ended) throw new SyntaxFault("expected ',' separator", inner.current.start)
    const [only] = list
    if (only === undefined) throw new SyntaxFault('expected expression in string interpolation', token.start)
    return list.length === 1 ? only : {...only, kind: 'other'}
  })
}

function keyword(cursor: Cursor, token: Token): Expression {
  switch (token.text) {
    case 'true':
    case 'false':
      cursor.advance()
      return {...cursor.place(token), kind: 'boolean', value: token.text === 'true'}
    case 'nil':
      cursor.advance()
      return {...cursor.place(token), kind: 'nil'}
    case 'Self':
    case 'Any':
    case 'self':
    case 'super':
    case '_':
      cursor.advance()
      return {...cursor.place(token), kind: 'name', name: token.text}
    case 'if':
    case 'switch':
    case 'do': {
      const statement = cursor.withMode({}, () => cursor.grammar.statement(cursor))
      return {...cursor.place(token), kind: 'statement', statement}
    }
    default:
      return cursor.fail('expected expression')
  }
}

function punctuated(cursor: Cursor, token: Token): Expression {
  if (token.text.startsWith('#') && token.text.length > 1) return macro(cursor, token)
  switch (token.text) {
    case '(': {
      cursor.advance()
      const items = cursor.grammar.arguments(cursor, ')')
      return {...cursor.place(token), kind: 'tuple', items}
    }
    case '[':
      return collection(cursor, token)
    case '{':
      return cursor.grammar.closure(cursor)
    case '.': {
      cursor.advance()
      const name = cursor.current
      if (name.kind !== 'identifier' && name.kind !== 'keyword' && name.kind !== 'number')
        cursor.fail("expected identifier after '.' expression")
      if (name.newline) cursor.fail("expected identifier after '.' expression", token.end)
      cursor.advance()
      acceptGenericArguments(cursor)
      return {...cursor.place(token), kind: 'member', base: undefined, name: name.text}
    }
    case '\\':
      return keyPath(cursor, token)
    case '@':
      cursor.grammar.attribute(cursor)
      return parsePrimary(cursor)
    default:
      return cursor.fail('expected expression')
  }
}

function macro(cursor: Cursor, token: Token): Expression {
  cursor.advance()
  if (cursor.current.kind === 'operator' && cursor.current.text.startsWith('<'))
    cursor.speculate(() => cursor.grammar.genericArguments(cursor))
  const plain = /^#(?:available|unavailable|keyPath|selector|sourceLocation)$/.test(token.text)
  let list: readonly Argument[] = []
  if (cursor.at('(') && !cursor.current.newline) {
    if (plain) {
      if (cursor.peek(cursor.behindBrackets(0) - 1).text !== ')') cursor.fail(`expected ')' in ${token.text}`)
      cursor.skip(cursor.behindBrackets(0))
    } else {
      cursor.advance()
      list = cursor.grammar.arguments(cursor, ')')
    }
  }
  return {...cursor.place(token), kind: 'macro', name: token.text.slice(1), arguments: list}
}

function collection(cursor: Cursor, token: Token): Expression {
  cursor.advance()
  if (cursor.at(':') && cursor.peek(1).text === ']') {
    cursor.skip(2)
    return {...cursor.place(token), kind: 'dictionary', entries: []}
  }
  const items: Expression[] = []
  const entries: (readonly [Expression, Expression])[] = []
  while (!cursor.at(']')) {
    if (cursor.at(',')) cursor.fail("unexpected ',' separator")
    if (isUnclosed(cursor)) cursor.fail("expected ']' in container literal expression")
    const item = cursor.grammar.expression(cursor, cursor.mode.pattern === true ? {pattern: true} : {})
    if (cursor.accept(':')) entries.push([item, cursor.grammar.expression(cursor)])
    else if (entries.length > 0) cursor.fail("expected ':' in dictionary literal")
    else if (items.length === 0 && cursor.at('of')) {
      cursor.advance()
      cursor.grammar.type(cursor)
    } else items.push(item)
    if (cursor.accept(',')) continue
    if (!cursor.at(']'))
      cursor.fail(isUnclosed(cursor) || cursor.current.newline ? "expected ']' in container literal expression" : "expected ',' separator")
  }
  cursor.advance()
  return entries.length > 0 ? {...cursor.place(token), kind: 'dictionary', entries} : {...cursor.place(token), kind: 'array', items}
}

function keyPath(cursor: Cursor, token: Token): Expression {
  cursor.advance()
  if (!cursor.at('.') && cursor.current.kind !== 'operator') {
    if (cursor.at('[') || cursor.at('(') || cursor.current.kind === 'identifier' || cursor.at('Self') || cursor.at('Any'))
      cursor.grammar.type(cursor)
    else cursor.fail('expected expression path in Swift key path')
  } else if (cursor.at('.') && (cursor.peek(1).text === '[' || cursor.peek(1).kind === 'operator')) cursor.advance()
  else if (cursor.at('.')) {
    cursor.advance()
    if (cursor.current.kind !== 'identifier' && cursor.current.kind !== 'keyword' && cursor.current.kind !== 'number')
      cursor.fail("expected member name following '.'")
    cursor.advance()
  }
  return {...cursor.place(token), kind: 'other'}
}
