import type {Expression} from './ast.ts'
import type {Cursor} from './cursor.ts'
import {effects} from './parse-type.ts'

/** Reads `{ [captures] parameters in statements }`; the cursor is at the `{`. */
export function parseClosure(cursor: Cursor): Expression {
  const open = cursor.advance()
  const parameters = cursor.speculate(() => signature(cursor)) ?? []
  const body = cursor.withMode({}, () => cursor.grammar.statements(cursor, ({text, kind}) => kind === 'punctuation' && text === '}'))
  if (!cursor.at('}')) cursor.fail("expected '}' at end of closure", cursor.current.start)
  cursor.advance()
  return {...cursor.place(open), kind: 'closure', parameters, body}
}

function signature(cursor: Cursor): readonly string[] {
  const names: string[] = []
  while (cursor.at('@')) cursor.grammar.attribute(cursor)
  if (cursor.at('[')) cursor.skip(cursor.behindBrackets(0))
  if (cursor.at('(')) {
    const close = cursor.behindBrackets(0)
    for (let ahead = 1; ahead < close - 1; ahead += 1) {
      const token = cursor.peek(ahead)
      if (token.kind === 'identifier' && /^[,:)]$/.test(cursor.peek(ahead + 1).text)) names.push(token.text)
    }
    cursor.skip(close)
  } else {
    while ((cursor.current.kind === 'identifier' && !/^(?:async|throws)$/.test(cursor.current.text)) || cursor.at('_')) {
      names.push(cursor.advance().text)
      if (!cursor.accept(',')) break
    }
  }
  effects(cursor)
  if (cursor.accept('->')) cursor.grammar.type(cursor)
  cursor.expect('in', 'not a closure signature')
  return names
}
