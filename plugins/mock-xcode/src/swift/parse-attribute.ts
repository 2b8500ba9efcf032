import type {Argument, Attribute} from './ast.ts'
import type {Cursor} from './cursor.ts'

/** Reads `@Name` or `@Name(arguments)`; arguments that are no expressions are skipped whole. */
export function parseAttribute(cursor: Cursor): Attribute {
  const at = cursor.advance()
  const name = cursor.current
  if ((name.kind !== 'identifier' && name.kind !== 'keyword') || name.start !== at.end) cursor.fail('expected an attribute name', at.end)
  cursor.advance()
  while (cursor.at('.') && cursor.current.start === cursor.previous?.end) cursor.skip(2)
  const path = cursor.slice(name.start)
  if (cursor.current.text.startsWith('<') && cursor.current.start === cursor.previous?.end)
    cursor.speculate(() => cursor.grammar.genericArguments(cursor))
  const list = cursor.at('(') && cursor.current.start === cursor.previous?.end ? parenthesised(cursor) : undefined
  return {...cursor.place(at), name: path, arguments: list}
}

function parenthesised(cursor: Cursor): readonly Argument[] | undefined {
  const open = cursor.current
  const list = cursor.speculate(() => {
    cursor.advance()
    return cursor.withMode({}, () => cursor.grammar.arguments(cursor, ')'))
  })
  if (list !== undefined) return list
  const behind = cursor.behindBrackets(0)
  if (cursor.peek(behind - 1).text !== ')') cursor.fail("expected ')' in attribute", open.end)
  cursor.skip(behind)
  return undefined
}
