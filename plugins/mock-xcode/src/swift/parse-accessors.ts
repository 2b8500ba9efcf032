import type {Statement} from './ast.ts'
import type {Cursor} from './cursor.ts'
import {effects} from './parse-type.ts'

const accessorWords =
  /^(?:get|set|willSet|didSet|_read|_modify|read|modify|yielding|init|unsafeAddress|unsafeMutableAddress|borrow|mutate)$/

/** Reads the braces behind a property or subscript. Gives the statements of the getter; undefined when there are only observers. */
export function parseAccessors(cursor: Cursor): readonly Statement[] | undefined {
  if (!opensList(cursor)) return cursor.grammar.block(cursor, "expected '{'")
  cursor.advance()
  let getter: readonly Statement[] | undefined
  while (!cursor.at('}')) {
    if (cursor.ended) cursor.fail("expected '}' at end of accessor block", cursor.current.start)
    while (cursor.at('@')) cursor.grammar.attribute(cursor)
    while (
      /^(?:mutating|nonmutating|__consuming|consuming|borrowing|isolated|nonisolated|private|yielding)$/.test(cursor.current.text) &&
      cursor.peek(1).kind !== 'punctuation'
    )
      cursor.advance()
    const name = cursor.current
    if (!accessorWords.test(name.text)) cursor.fail("expected 'get', 'set', 'willSet', or 'didSet' keyword to start an accessor definition")
    cursor.advance()
    if (cursor.at('(')) cursor.skip(cursor.behindBrackets(0))
    effects(cursor)
    if (name.text === 'get') getter = []
    if (cursor.at('{')) {
      const body = cursor.grammar.block(cursor, '')
      if (name.text === 'get') getter = body
    }
    cursor.accept(';')
  }
  cursor.advance()
  return getter
}

function opensList(cursor: Cursor): boolean {
  let ahead = 1
  while (cursor.peek(ahead).text === '@') {
    ahead += 2
    if (cursor.peek(ahead).text === '(') ahead = cursor.behindBrackets(ahead)
  }
  while (/^(?:mutating|nonmutating|__consuming|consuming|borrowing|isolated|nonisolated|private|yielding)$/.test(cursor.peek(ahead).text))
    ahead += 1
  const word = cursor.peek(ahead)
  if (
    !accessorWords.test(word.text) ||
    (word.text === 'init' && cursor.peek(ahead + 1).text !== '{' && cursor.peek(ahead + 1).text !== '(')
  )
    return false
  let next = ahead + 1
  if (cursor.peek(next).text === '(') next = cursor.behindBrackets(next)
  return (
    /^(?:\{|\}|get|set|async|throws|mutating|nonmutating|_modify|didSet|willSet)$/.test(cursor.peek(next).text) ||
    /^(?:_read|unsafe)/.test(word.text)
  )
}
