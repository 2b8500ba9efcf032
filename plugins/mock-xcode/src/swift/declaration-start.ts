import type {Container, Cursor} from './cursor.ts'

export const modifierWords: ReadonlySet<string> = new Set(
  (
    'public private fileprivate internal static open final lazy weak unowned mutating nonmutating override required convenience dynamic optional ' +
    'indirect prefix postfix infix nonisolated isolated distributed async package borrowing consuming __consuming sending class'
  ).split(' '),
)

const declarationWords = new Set(
  'import let var func init deinit subscript typealias associatedtype struct class enum protocol extension operator precedencegroup'.split(
    ' ',
  ),
)

/** Whether a declaration, with its attributes and modifiers, begins at the cursor. */
export function isDeclaration(cursor: Cursor, container: Container): boolean {
  let ahead = 0
  for (;;) {
    const token = cursor.peek(ahead)
    if (token.kind === 'punctuation' && token.text === '@') {
      ahead += 2
      while (cursor.peek(ahead).text === '.' && cursor.peek(ahead).start === cursor.peek(ahead - 1).end) ahead += 2
      const open = cursor.peek(ahead)
      if (open.text === '(' && open.start === cursor.peek(ahead - 1).end) ahead = cursor.behindBrackets(ahead)
    } else if (modifierWords.has(token.text) && (token.kind === 'identifier' || token.kind === 'keyword') && isModifier(cursor, ahead)) {
      ahead += 1
      if (cursor.peek(ahead).text === '(' && cursor.peek(ahead).kind === 'punctuation') ahead = cursor.behindBrackets(ahead)
    } else break
  }
  return startsHere(cursor, ahead, container)
}

/** `class` and the contextual words are modifiers only before another modifier or a declaration word. */
export function isModifier(cursor: Cursor, ahead: number): boolean {
  const token = cursor.peek(ahead)
  let next = ahead + 1
  if (cursor.peek(next).text === '(' && cursor.peek(next).kind === 'punctuation') {
    if (token.text === 'class' || token.text === 'async') return false
    next = cursor.behindBrackets(next)
  }
  const after = cursor.peek(next)
  if (token.text === 'class') return /^(?:func|var|let|subscript|override|final|private|public|internal|open|fileprivate)$/.test(after.text)
  if (token.kind === 'keyword') return true
  if (after.text === '@') return !after.newline || token.text !== 'async'
  if (after.kind === 'keyword') return declarationWords.has(after.text) || modifierWords.has(after.text) || after.text === 'case'
  if (after.kind !== 'identifier') return false
  return (
    (modifierWords.has(after.text) && isModifier(cursor, next)) ||
    (/^(?:actor|macro)$/.test(after.text) && cursor.peek(next + 1).kind === 'identifier')
  )
}

function startsHere(cursor: Cursor, ahead: number, container: Container): boolean {
  const token = cursor.peek(ahead)
  const next = cursor.peek(ahead + 1)
  if (token.kind === 'keyword') {
    if (token.text === 'case') return container === 'enum'
    if (ahead > 0 && !declarationWords.has(token.text)) return false
    return declarationWords.has(token.text)
  }
  if (token.kind !== 'identifier' || next.newline || next.kind !== 'identifier') return false
  if (token.text === 'actor') return true
  return token.text === 'macro' && /^[(<]/.test(cursor.peek(ahead + 2).text)
}
