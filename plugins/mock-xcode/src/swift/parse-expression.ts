import type {Expression} from './ast.ts'
import {type Cursor, type ExpressionMode} from './cursor.ts'
import {foldInfix, type Infix} from './precedence.ts'
import {parsePostfix} from './parse-postfix.ts'
import {effects} from './parse-type.ts'
import type {Token} from './token.ts'

/** Reads one expression with its infix operators. */
export function parseExpression(cursor: Cursor, mode: ExpressionMode = {}): Expression {
  return cursor.withMode(mode, () => sequence(cursor))
}

function sequence(cursor: Cursor): Expression {
  const operands: Expression[] = [unary(cursor)]
  const operators: Infix[] = []
  for (;;) {
    const {current} = cursor
    if (current.kind === 'keyword' && (current.text === 'is' || current.text === 'as')) {
      cursor.advance()
      const marked = cursor.current.fixity === 'postfix' && (cursor.accept('?') || cursor.accept('!'))
      const from = cursor.current
      cursor.grammar.type(cursor)
      operators.push({kind: 'operator', text: marked ? 'as?' : current.text})
      operands.push({...cursor.place(from), kind: 'other'})
      continue
    }
    if (/^(?:async|throws)$/.test(current.text) && current.kind === 'identifier' && arrowFollows(cursor)) effects(cursor)
    const operator = infix(cursor)
    if (operator === undefined) return foldInfix(operands, operators)
    operators.push(operator)
    operands.push(unary(cursor))
  }
}

function infix(cursor: Cursor): Infix | undefined {
  const {current} = cursor
  if (current.kind !== 'operator') return undefined
  if (current.text === '?' && current.fixity !== 'postfix') {
    cursor.advance()
    const middle = cursor.withMode({...cursor.mode, basic: false}, () => sequence(cursor))
    cursor.expect(':', "expected ':' after '? ...' in ternary expression")
    return {kind: 'ternary', middle}
  }
  if (current.fixity !== 'infix') return undefined
  if (current.text === '=' && cursor.mode.pattern === true) return undefined
  cursor.advance()
  if (cursor.ended || isClosing(cursor.current)) cursor.fail('expected expression after operator', cursor.previous?.start)
  return {kind: 'operator', text: current.text}
}

function isClosing(token: Token): boolean {
  return token.kind === 'punctuation' && ')]},;:'.includes(token.text)
}

function arrowFollows(cursor: Cursor): boolean {
  let ahead = 0
  while (/^(?:async|throws)$/.test(cursor.peek(ahead).text)) ahead += 1
  if (cursor.peek(ahead).text === '(') ahead = cursor.behindBrackets(ahead)
  return cursor.peek(ahead).text === '->'
}

const ownership = new Set(['await', 'unsafe', 'consume', 'copy', 'borrow', 'each'])

function unary(cursor: Cursor): Expression {
  const first = cursor.current
  if (first.kind === 'keyword' && first.text === 'try') {
    cursor.advance()
    const mark = cursor.current.fixity === 'postfix' && (cursor.at('?') || cursor.at('!')) ? cursor.advance().text : ''
    const operand = sequence(cursor)
    return {...cursor.place(first), kind: 'try', mode: mark === '?' ? '?' : mark === '!' ? '!' : '', operand}
  }
  if (first.kind === 'identifier' && ownership.has(first.text) && operandFollows(cursor, first.text === 'await')) {
    cursor.advance()
    return first.text === 'await' ? sequence(cursor) : unary(cursor)
  }
  if (first.kind === 'identifier' && (first.text === 'any' || first.text === 'some') && operandFollows(cursor, false)) {
    cursor.grammar.type(cursor)
    return {...cursor.place(first), kind: 'other'}
  }
  if (first.kind === 'keyword' && first.text === 'repeat' && !cursor.peek(1).text.startsWith('{')) {
    cursor.advance()
    return unary(cursor)
  }
  if (first.kind === 'keyword' && cursor.mode.pattern === true) {
    if (first.text === 'let' || first.text === 'var' || first.text === 'inout') {
      cursor.advance()
      return unary(cursor)
    }
    if (first.text === 'is') {
      cursor.advance()
      cursor.grammar.type(cursor)
      return {...cursor.place(first), kind: 'other'}
    }
  }
  if (first.kind === 'operator') return prefixed(cursor, first)
  return parsePostfix(cursor)
}

function operandFollows(cursor: Cursor, wide: boolean): boolean {
  const next = cursor.peek(1)
  if (next.newline) return false
  if (next.kind === 'identifier') return true
  if (next.kind === 'keyword') return /^(?:self|Self|super|try|Any|nil|true|false|if|switch|_)$/.test(next.text)
  if (!wide) return false
  return next.kind === 'string' || next.kind === 'number' || /^[([{#\\]/.test(next.text) || next.text === '.' || next.fixity === 'prefix'
}

function prefixed(cursor: Cursor, operator: Token): Expression {
  const next = cursor.peek(1)
  const alone = next.kind === 'end' || (next.kind === 'punctuation' && ')],'.includes(next.text))
  if (alone) {
    if (operator.text === '=' || operator.text === '->') cursor.fail('expected expression')
    cursor.advance()
    return {...cursor.place(operator), kind: 'other'}
  }
  if (operator.text === '=' || operator.text === '->') cursor.fail('expected expression')
  if (operator.text.startsWith('<') && operator.text !== '<' && operator.fixity !== 'prefix') cursor.fail('expected expression')
  if (operator.fixity === 'infix' && !next.newline && next.start > operator.end) {
    cursor.fail(isValueBefore(cursor) ? `unary operator cannot be separated from its operand` : 'expected expression')
  }
  cursor.advance()
  const operand = unary(cursor)
  return {...cursor.place(operator), kind: 'prefix', operator: operator.text, operand}
}

function isValueBefore(cursor: Cursor): boolean {
  return /^[=(,[{:]$|return/.test(cursor.previous?.text ?? '')
}
