import type {Statement, TypeKind} from './ast.ts'
import {type Container, type Cursor, SyntaxFault} from './cursor.ts'
import {recover} from './parse-statement.ts'

/** Reads the braces of a type: declarations and macros only. */
export function parseMembers(cursor: Cursor, type: TypeKind): readonly Statement[] {
  cursor.expect('{', `expected '{' in ${type}`)
  const container: Container = type === 'enum' ? 'enum' : type === 'protocol' ? 'protocol' : 'type'
  const members: Statement[] = []
  for (;;) {
    while (cursor.accept(';'));
    if (cursor.at('}')) break
    if (cursor.ended) cursor.fail(`expected '}' in ${type}`, cursor.current.start)
    try {
      members.push(member(cursor, container))
      if (!cursor.current.newline && !cursor.ended && !cursor.at('}') && !cursor.at(';')) {
        cursor.fail("consecutive declarations on a line must be separated by ';'", cursor.previous?.end)
      }
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      if (cursor.ended) throw error
      cursor.source.report(error.offset, error.message)
      recover(cursor)
    }
  }
  cursor.advance()
  return members
}

function member(cursor: Cursor, container: Container): Statement {
  if (cursor.grammar.isDeclaration(cursor, container)) return cursor.grammar.declaration(cursor, container)
  const {current} = cursor
  if (current.kind === 'directive' || (current.text.startsWith('#') && current.kind === 'punctuation'))
    return cursor.grammar.statement(cursor)
  if (current.kind === 'keyword' && current.text === 'case') cursor.fail("enum 'case' is not allowed outside of an enum", current.start)
  return cursor.fail('expected declaration', current.start)
}
