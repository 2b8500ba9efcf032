import type {Condition, Statement} from './ast.ts'
import {type Cursor, SyntaxFault} from './cursor.ts'
import {parseBindingPattern} from './parse-binding.ts'
import type {Token} from './token.ts'

const isCloseBrace = ({kind, text}: Token): boolean => kind === 'punctuation' && text === '}'
const isLabel = ({kind, text}: Token): boolean => kind === 'keyword' && (text === 'case' || text === 'default')

/** Reads statements up to a token that ends the list. A faulty statement is reported and skipped. */
export function parseStatements(cursor: Cursor, until: (token: Token) => boolean): readonly Statement[] {
  const statements: Statement[] = []
  for (;;) {
    while (cursor.accept(';'));
    if (cursor.ended || isCloseBrace(cursor.current) || until(cursor.current)) return statements
    try {
      statements.push(cursor.grammar.statement(cursor))
      separated(cursor, until)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      cursor.source.report(error.offset, error.message)
      recover(cursor)
    }
  }
}

function separated(cursor: Cursor, until: (token: Token) => boolean): void {
  const {current} = cursor
  if (current.newline || current.kind === 'end' || current.text === ';' || isCloseBrace(current) || until(current)) return
  if (cursor.previous?.kind === 'directive') return
  if (current.kind === 'punctuation' && (current.text === ')' || current.text === ']'))
    cursor.fail(`unexpected '${current.text}' separator`.replace(' separator', ''))
  cursor.fail("consecutive statements on a line must be separated by ';'", cursor.previous?.end)
}

/** To the next line or closing brace of this list; what stands in brackets is skipped whole. */
export function recover(cursor: Cursor): void {
  let moved = false
  while (!cursor.ended) {
    if (isCloseBrace(cursor.current)) return
    if (moved && cursor.current.newline && !/^[)\],.]/.test(cursor.current.text)) return
    moved = true
    if (cursor.at('(') || cursor.at('[')) {
      const behind = cursor.behindBrackets(0)
      if (cursor.peek(behind - 1).kind === 'end' || cursor.peek(behind - 1).line > cursor.current.line + 40) cursor.advance()
      else cursor.skip(behind)
    } else if (cursor.at('{')) cursor.skip(cursor.behindBrackets(0))
    else cursor.advance()
  }
}

/** `{ statements }`. `missing` is the fault when there is no `{`. */
export function parseBlock(cursor: Cursor, missing: string, end = "expected '}' at end of brace statement"): readonly Statement[] {
  if (!cursor.at('{')) cursor.fail(missing)
  cursor.advance()
  const statements = cursor.withMode({}, () => cursor.grammar.statements(cursor, isCloseBrace))
  if (!cursor.at('}')) cursor.fail(end, cursor.current.start)
  cursor.advance()
  return statements
}

/** Reads one statement of a function body or a file. */
export function parseStatement(cursor: Cursor): Statement {
  const first = cursor.current
  if (cursor.grammar.isDeclaration(cursor, 'body')) return cursor.grammar.declaration(cursor, 'body')
  if (first.kind === 'identifier' && cursor.peek(1).text === ':' && /^(?:while|for|repeat|switch|if|do)$/.test(cursor.peek(2).text))
    cursor.skip(2)
  if (first.kind === 'directive') return directive(cursor)
  const {current} = cursor
  if (current.kind === 'identifier' && (current.text === 'yield' || current.text === 'discard') && !cursor.peek(1).newline) {
    const next = cursor.peek(1)
    if (next.text === '&' || next.kind === 'identifier' || next.text === 'self') cursor.advance()
  }
  if (current.kind !== 'keyword') return expressionStatement(cursor)
  switch (current.text) {
    case 'if':
      return ifStatement(cursor)
    case 'guard': {
      cursor.advance()
      const list = conditions(cursor, 'guard')
      cursor.expect('else', "expected 'else' after 'guard' condition")
      const body = cursor.grammar.block(cursor, "expected '{' after 'guard' else")
      return {...cursor.place(first), kind: 'guard', conditions: list, otherwise: body}
    }
    case 'while': {
      cursor.advance()
      conditions(cursor, 'while')
      return {...cursor.place(first), kind: 'block', blocks: [cursor.grammar.block(cursor, "expected '{' after 'while' condition")]}
    }
    case 'repeat': {
      if (!(cursor.peek(1).text === '{')) return expressionStatement(cursor)
      cursor.advance()
      const body = cursor.grammar.block(cursor, "expected '{' after 'repeat'")
      cursor.expect('while', "expected 'while' after body of 'repeat' statement")
      cursor.grammar.expression(cursor)
      return {...cursor.place(first), kind: 'block', blocks: [body]}
    }
    case 'for':
      return forStatement(cursor)
    case 'switch':
      return switchStatement(cursor)
    case 'do':
      return doStatement(cursor)
    case 'defer':
      cursor.advance()
      return {...cursor.place(first), kind: 'defer', body: cursor.grammar.block(cursor, "expected '{' after 'defer'")}
    case 'return':
      cursor.advance()
      return {...cursor.place(first), kind: 'return', value: valueFollows(cursor) ? cursor.grammar.expression(cursor) : undefined}
    case 'throw':
      cursor.advance()
      if (cursor.current.newline || isCloseBrace(cursor.current)) cursor.fail("expected expression in 'throw' statement")
      return {...cursor.place(first), kind: 'throw', value: cursor.grammar.expression(cursor)}
    case 'break':
    case 'continue':
      cursor.advance()
      if (!cursor.current.newline && cursor.current.kind === 'identifier') cursor.advance()
      return {...cursor.place(first), kind: 'other'}
    case 'fallthrough':
      cursor.advance()
      return {...cursor.place(first), kind: 'other'}
    case 'case':
    case 'default':
      return cursor.fail(`'${current.text}' label can only appear inside a 'switch' statement`, current.start)
    default:
      return expressionStatement(cursor)
  }
}

function expressionStatement(cursor: Cursor): Statement {
  const first = cursor.current
  const value = cursor.grammar.expression(cursor)
  return {...cursor.place(first), kind: 'expression', value}
}

/** `#warning("…")`, `#error("…")`, `#sourceLocation(…)`. */
function directive(cursor: Cursor): Statement {
  const first = cursor.advance()
  if (!cursor.at('(')) cursor.fail(`expected '(' following '${first.text}'`)
  const message = cursor.peek(1)
  const behind = cursor.behindBrackets(0)
  if (cursor.peek(behind - 1).text !== ')') cursor.fail(`expected ')' in ${first.text} directive`)
  cursor.skip(behind)
  if (first.text !== '#sourceLocation' && message.kind === 'string') {
    const text = (message.segments ?? []).map((segment) => (segment.kind === 'text' ? segment.value : '')).join('')
    cursor.source.report(first.start, text, first.text === '#error' ? 'error' : 'warning')
  }
  return {...cursor.place(first), kind: 'other'}
}

function ifStatement(cursor: Cursor): Statement {
  const first = cursor.advance()
  const list = conditions(cursor, 'if')
  const body = cursor.grammar.block(cursor, "expected '{' after 'if' condition")
  let otherwise: readonly Statement[] | undefined
  if (cursor.accept('else')) {
    if (cursor.at('if')) otherwise = [ifStatement(cursor)]
    else otherwise = cursor.grammar.block(cursor, "expected '{' or 'if' after 'else'")
  }
  return {...cursor.place(first), kind: 'if', conditions: list, body, otherwise}
}

function conditions(cursor: Cursor, keyword: 'if' | 'guard' | 'while'): readonly Condition[] {
  if (cursor.at('{') && !opensClosureCall(cursor)) cursor.fail(`missing condition in '${keyword}' statement`, cursor.previous?.end)
  if (cursor.at('else')) cursor.fail(`missing condition in '${keyword}' statement`, cursor.previous?.end)
  const list: Condition[] = []
  do {
    if (list.length > 0 && (cursor.at('{') || cursor.at('else'))) break
    list.push(condition(cursor))
  } while (cursor.accept(','))
  return list
}

function opensClosureCall(cursor: Cursor): boolean {
  const next = cursor.peek(cursor.behindBrackets(0))
  return next.text === '(' && !next.newline
}

function condition(cursor: Cursor): Condition {
  const basic = {basic: true}
  if (cursor.at('case')) {
    cursor.advance()
    cursor.grammar.expression(cursor, {basic: true, pattern: true})
    if (cursor.accept(':')) cursor.grammar.type(cursor)
    cursor.expect('=', 'variable binding in a condition requires an initializer')
    cursor.grammar.expression(cursor, basic)
    return {kind: 'other'}
  }
  if (cursor.at('let') || cursor.at('var') || cursor.at('inout')) {
    cursor.advance()
    const name = parseBindingPattern(cursor)
    if (cursor.accept(':')) cursor.grammar.type(cursor)
    if (!cursor.accept('=')) return {kind: 'binding', name, value: undefined}
    return {kind: 'binding', name, value: cursor.grammar.expression(cursor, basic)}
  }
  return {kind: 'expression', value: cursor.grammar.expression(cursor, basic)}
}

function forStatement(cursor: Cursor): Statement {
  const first = cursor.advance()
  while (cursor.at('try') || cursor.at('await') || cursor.at('unsafe')) cursor.advance()
  let name: string | undefined
  if (cursor.accept('case')) cursor.grammar.expression(cursor, {basic: true, pattern: true})
  else {
    if (cursor.at('let') || cursor.at('var')) cursor.advance()
    if (cursor.at('in')) cursor.fail('expected pattern')
    name = parseBindingPattern(cursor)
  }
  if (cursor.accept(':')) cursor.grammar.type(cursor)
  cursor.expect('in', "expected 'in' after for-each pattern")
  if (cursor.at('{')) cursor.fail('expected Sequence expression for for-each loop')
  const sequence = cursor.grammar.expression(cursor, {basic: true})
  const filtered = cursor.accept('where')
  if (filtered) cursor.grammar.expression(cursor, {basic: true})
  const body = cursor.grammar.block(cursor, "expected '{' to start the body of for-each loop")
  return {...cursor.place(first), kind: 'for', name, sequence, filtered, body}
}

function switchStatement(cursor: Cursor): Statement {
  const first = cursor.advance()
  if (cursor.at('{')) cursor.fail("expected expression in 'switch' statement")
  cursor.grammar.expression(cursor, {basic: true})
  cursor.expect('{', "expected '{' after 'switch' subject expression")
  const blocks: (readonly Statement[])[] = []
  while (!cursor.at('}')) {
    if (cursor.ended) cursor.fail("expected '}' at end of 'switch' statement", cursor.current.start)
    while (cursor.at('@')) cursor.grammar.attribute(cursor)
    if (cursor.current.kind === 'directive') {
      directive(cursor)
      continue
    }
    if (!isLabel(cursor.current))
      cursor.fail("all statements inside a switch must be covered by a 'case' or 'default'", cursor.current.start)
    label(cursor)
    blocks.push(cursor.withMode({}, () => cursor.grammar.statements(cursor, (token) => isLabel(token) || isUnknownLabel(cursor, token))))
  }
  cursor.advance()
  return {...cursor.place(first), kind: 'block', blocks}
}

function isUnknownLabel(cursor: Cursor, token: Token): boolean {
  return token.text === '@' && cursor.peek(1).text === 'unknown'
}

function label(cursor: Cursor): void {
  const isCase = cursor.advance().text === 'case'
  if (isCase) {
    if (cursor.at(':')) cursor.fail('expected pattern')
    do {
      cursor.grammar.expression(cursor, {pattern: true})
      if (cursor.accept('where')) cursor.grammar.expression(cursor)
    } while (cursor.accept(','))
  }
  cursor.expect(':', isCase ? "expected ':' after 'case'" : "expected ':' after 'default'")
}

function doStatement(cursor: Cursor): Statement {
  const first = cursor.advance()
  if (cursor.at('throws')) {
    cursor.advance()
    if (cursor.at('(')) cursor.skip(cursor.behindBrackets(0))
  }
  const body = cursor.grammar.block(cursor, "expected '{' after 'do'")
  const catches: (readonly Statement[])[] = []
  while (cursor.accept('catch')) {
    if (!cursor.at('{')) {
      do {
        cursor.grammar.expression(cursor, {basic: true, pattern: true})
        if (cursor.accept('where')) cursor.grammar.expression(cursor, {basic: true})
      } while (cursor.accept(','))
    }
    catches.push(cursor.grammar.block(cursor, "expected '{' after 'catch' pattern"))
  }
  return {...cursor.place(first), kind: 'do', body, catches}
}

function valueFollows(cursor: Cursor): boolean {
  const {current} = cursor
  if (current.kind === 'end' || current.text === ';' || isCloseBrace(current) || isLabel(current)) return false
  if (!current.newline) return true
  if (current.kind === 'keyword') return /^(?:self|Self|super|nil|true|false|try)$/.test(current.text)
  return current.kind !== 'directive' && !cursor.grammar.isDeclaration(cursor, 'body') && current.text !== '@'
}
