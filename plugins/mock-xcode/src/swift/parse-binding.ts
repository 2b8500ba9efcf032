import type {Cursor} from './cursor.ts'

/** Reads a pattern of `let`, `var` or `for`: a name, `_` or a tuple of them. Gives the name when it is one. */
export function parseBindingPattern(cursor: Cursor): string | undefined {
  const {current} = cursor
  if (current.kind === 'identifier' || current.text === 'self') {
    cursor.advance()
    return current.text.replaceAll('`', '')
  }
  if (current.text === '_') {
    cursor.advance()
    return undefined
  }
  if (current.text === '(' && current.kind === 'punctuation') {
    cursor.advance()
    while (!cursor.at(')')) {
      if (cursor.current.kind === 'identifier' && cursor.peek(1).text === ':') cursor.skip(2)
      if (cursor.at('let') || cursor.at('var')) cursor.advance()
      parseBindingPattern(cursor)
      if (!cursor.accept(',')) break
    }
    cursor.expect(')', "expected ')' at end of tuple pattern")
    return undefined
  }
  if (current.kind === 'keyword' && !current.newline) return cursor.fail(`keyword '${current.text}' cannot be used as an identifier here`)
  return cursor.fail('expected pattern')
}
