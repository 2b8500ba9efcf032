import type {Argument, Expression} from './ast.ts'
import type {Cursor} from './cursor.ts'
import {acceptGenericArguments} from './generic-arguments.ts'
import {parsePrimary} from './parse-primary.ts'

/** Reads an operand with its calls, members, subscripts, trailing closures and postfix operators. */
export function parsePostfix(cursor: Cursor): Expression {
  const first = cursor.current
  let expression = parsePrimary(cursor)
  for (;;) {
    const {current} = cursor
    if (current.kind === 'operator') {
      if (current.fixity !== 'postfix') return expression
      cursor.advance()
      expression = {...cursor.place(first), kind: 'postfix', operator: current.text, operand: expression}
    } else if (current.kind !== 'punctuation') return expression
    else if (current.text === '.') expression = member(cursor, expression)
    else if (current.text === '(' && !current.newline) {
      if (isCompoundName(cursor)) cursor.skip(cursor.behindBrackets(0))
      else {
        cursor.advance()
        const list = cursor.grammar.arguments(cursor, ')')
        expression = {...cursor.place(first), kind: 'call', callee: expression, arguments: list}
      }
    } else if (current.text === '[' && !current.newline) {
      cursor.advance()
      const list = cursor.grammar.arguments(cursor, ']')
      expression = {...cursor.place(first), kind: 'subscript', base: expression, arguments: list}
    } else if (current.text === '{' && takesTrailingClosure(cursor, expression)) {
      const closures = trailingClosures(cursor)
      expression =
        expression.kind === 'call'
          ? {...expression, ...cursor.place(first), arguments: [...expression.arguments, ...closures]}
          : expression.kind === 'macro'
            ? {...expression, ...cursor.place(first), arguments: [...expression.arguments, ...closures]}
            : {...cursor.place(first), kind: 'call', callee: expression, arguments: closures}
    } else return expression
  }
}

function member(cursor: Cursor, base: Expression): Expression {
  const dot = cursor.advance()
  const name = cursor.current
  if (name.kind === 'identifier' || name.kind === 'keyword' || name.kind === 'number') {
    if (name.newline && name.kind === 'keyword') cursor.fail("expected member name following '.'", dot.end)
    cursor.advance()
    acceptGenericArguments(cursor)
  } else if (name.text === '[') {
    return base
  } else cursor.fail("expected member name following '.'", name.newline || name.kind === 'end' ? dot.end : undefined)
  return {start: base.start, end: name.end, line: base.line, column: base.column, kind: 'member', base, name: name.text}
}

/** `(a:b:)` behind a function name. */
function isCompoundName(cursor: Cursor): boolean {
  let ahead = 1
  while ((cursor.peek(ahead).kind === 'identifier' || cursor.peek(ahead).kind === 'keyword') && cursor.peek(ahead + 1).text === ':')
    ahead += 2
  return ahead > 1 && cursor.peek(ahead).text === ')'
}

function takesTrailingClosure(cursor: Cursor, callee: Expression): boolean {
  if (callee.kind === 'number' || callee.kind === 'string' || callee.kind === 'boolean' || callee.kind === 'nil') return false
  if (callee.kind === 'closure' || callee.kind === 'array' || callee.kind === 'dictionary' || callee.kind === 'statement') return false
  if (/^(?:willSet|didSet|get|set)$/.test(cursor.peek(1).text) && /^[{(]$|^get$|^set$|^\}$|^async$|^throws$/.test(cursor.peek(2).text))
    return false
  if (cursor.mode.basic !== true) return true
  const next = cursor.peek(cursor.behindBrackets(0))
  if (next.text === '{' && !next.newline) return true
  if (next.newline) return false
  if (next.kind === 'punctuation') return ',.([:'.includes(next.text)
  if (next.kind === 'keyword') return /^(?:where|is|as)$/.test(next.text)
  return next.kind === 'operator' && next.fixity !== 'prefix'
}

function trailingClosures(cursor: Cursor): readonly Argument[] {
  const closures: Argument[] = [{label: undefined, value: cursor.grammar.closure(cursor)}]
  while (
    (cursor.current.kind === 'identifier' || cursor.at('_') || cursor.current.kind === 'keyword') &&
    cursor.peek(1).text === ':' &&
    cursor.peek(2).text === '{' &&
    !cursor.at('default') &&
    !cursor.at('case')
  ) {
    const label = cursor.advance().text
    cursor.advance()
    closures.push({label, value: cursor.grammar.closure(cursor)})
  }
  return closures
}
