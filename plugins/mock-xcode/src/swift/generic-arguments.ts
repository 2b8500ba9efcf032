import type {Cursor} from './cursor.ts'

/** Takes `<A, B>` behind a name in an expression, when what follows cannot continue a comparison. */
export function acceptGenericArguments(cursor: Cursor): void {
  const {current} = cursor
  if (current.kind !== 'operator' || !current.text.startsWith('<') || current.start !== cursor.previous?.end) return
  cursor.speculate(() => {
    cursor.grammar.genericArguments(cursor)
    if (!mayFollow(cursor)) cursor.fail('not a generic argument list')
  })
}

function mayFollow(cursor: Cursor): boolean {
  const next = cursor.current
  if (next.newline || next.kind === 'end' || next.text === 'in') return true
  if (next.kind === 'punctuation') return '(){}[].,;:'.includes(next.text)
  return next.kind === 'operator' && (next.fixity === 'postfix' || /^(?:=|==|&|->)$|^[?!]/.test(next.text))
}
