import type {SwiftToken} from './swift-tokens.ts'

/** The value of a Swift expression as far as it stands in the source; `unknown` is what only running it would tell. */
export type SwiftValue =
  | {readonly kind: 'string'; readonly value: string}
  | {readonly kind: 'boolean'; readonly value: boolean}
  | {readonly kind: 'array'; readonly items: readonly SwiftValue[]}
  | {readonly kind: 'call'; readonly name: string; readonly arguments: readonly SwiftArgument[]}
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'nil'}
  | {readonly kind: 'unknown'}

export interface SwiftArgument {
  readonly label: string | null
  readonly value: SwiftValue
}

export interface SwiftCursor {
  readonly tokens: readonly SwiftToken[]
  at: number
  readonly bindings: ReadonlyMap<string, number>
  depth: number
  /** What may still be read, shared by all cursors of a file: names that double each other would never end. */
  readonly budget: {left: number}
}

/** A cursor with a budget of its own at a token. */
export function swiftCursor(tokens: readonly SwiftToken[], at: number, bindings: ReadonlyMap<string, number>): SwiftCursor {
  return {tokens, at, bindings, depth: 0, budget: {left: MAX_OPERANDS}}
}

const MAX_DEPTH = 100
const MAX_OPERANDS = 100_000
const MAX_ITEMS = 10_000
const MAX_TEXT = 10_000
const UNKNOWN: SwiftValue = {kind: 'unknown'}

/**
 * The expression at the cursor, which moves past it. Literals, arrays, calls, member names, `+` of arrays and strings, and names
 * bound at the top level of the file (`bindings`: name → token index of its value) are followed; everything else is `unknown`
 * up to the next comma or closing bracket.
 */
export function readExpression(cursor: SwiftCursor): SwiftValue {
  if (cursor.depth >= MAX_DEPTH) return skipOperand(cursor)
  cursor.depth += 1
  let value = readOperand(cursor)
  while (peek(cursor) === '+') {
    cursor.at += 1
    value = concatenate(value, readOperand(cursor))
  }
  cursor.depth -= 1
  return atEnd(cursor) ? value : skipOperand(cursor)
}

/** The arguments of a call whose `(` is at the cursor, which moves past the `)`. */
export function readArguments(cursor: SwiftCursor): readonly SwiftArgument[] {
  const found: SwiftArgument[] = []
  cursor.at += 1
  while (cursor.at < cursor.tokens.length && peek(cursor) !== ')') {
    const label = cursor.tokens[cursor.at]!
    const labelled = label.kind === 'identifier' && cursor.tokens[cursor.at + 1]?.value === ':'
    if (labelled) cursor.at += 2
    const before = cursor.at
    found.push({label: labelled ? label.value : null, value: readExpression(cursor)})
    if (peek(cursor) === ',') cursor.at += 1
    else if (cursor.at === before) cursor.at += 1
  }
  cursor.at += 1
  return found
}

function readOperand(cursor: SwiftCursor): SwiftValue {
  cursor.budget.left -= 1
  if (cursor.budget.left < 0) return skipOperand(cursor)
  const token = cursor.tokens[cursor.at]
  if (token?.kind === 'string') {
    cursor.at += 1
    return {kind: 'string', value: token.value}
  }
  if (token?.kind === 'identifier' || peek(cursor) === '.') return readName(cursor)
  if (peek(cursor) === '[') return readArray(cursor)
  return skipOperand(cursor)
}

function readArray(cursor: SwiftCursor): SwiftValue {
  const items: SwiftValue[] = []
  let dictionary = false
  cursor.at += 1
  while (cursor.at < cursor.tokens.length && peek(cursor) !== ']') {
    const before = cursor.at
    items.push(readExpression(cursor))
    if (peek(cursor) === ':') {
      dictionary = true
      cursor.at += 1
    } else if (peek(cursor) === ',') cursor.at += 1
    else if (cursor.at === before) cursor.at += 1
  }
  cursor.at += 1
  return dictionary ? UNKNOWN : {kind: 'array', items}
}

function readName(cursor: SwiftCursor): SwiftValue {
  const start = cursor.at
  let name = ''
  if (peek(cursor) === '.') cursor.at += 1
  for (;;) {
    const token = cursor.tokens[cursor.at]
    if (token?.kind !== 'identifier') return skipOperand(cursor)
    name = token.value
    cursor.at += 1
    if (peek(cursor) !== '.') break
    cursor.at += 1
  }
  if (peek(cursor) === '(') {
    const values = readArguments(cursor)
    // `.library(…).something()`: what the second call makes of the first is not in the source.
    return peek(cursor) === '.' || peek(cursor) === '(' ? skipOperand(cursor) : {kind: 'call', name, arguments: values}
  }
  if (name === 'true' || name === 'false') return {kind: 'boolean', value: name === 'true'}
  if (name === 'nil') return {kind: 'nil'}
  const binding = cursor.at - start === 1 ? cursor.bindings.get(name) : undefined
  if (binding === undefined) return {kind: 'name', name}
  const inner: SwiftCursor = {...cursor, at: binding}
  return readBound(inner)
}

/** A binding's value ends where its line's expression ends, so no check for a closing bracket after it. */
export function readBound(cursor: SwiftCursor): SwiftValue {
  if (cursor.depth >= MAX_DEPTH) return UNKNOWN
  cursor.depth += 1
  let value = readOperand(cursor)
  while (peek(cursor) === '+') {
    cursor.at += 1
    value = concatenate(value, readOperand(cursor))
  }
  return ['?', '.', '-', '*'].includes(peek(cursor) ?? '') ? UNKNOWN : value
}

function concatenate(left: SwiftValue, right: SwiftValue): SwiftValue {
  if (left.kind === 'string' && right.kind === 'string') {
    return left.value.length + right.value.length > MAX_TEXT ? UNKNOWN : {kind: 'string', value: left.value + right.value}
  }
  const parts = [left, right]
  if (!parts.some(({kind}) => kind === 'array')) return UNKNOWN
  if (parts.reduce((sum, part) => sum + (part.kind === 'array' ? part.items.length : 1), 0) > MAX_ITEMS) return UNKNOWN
  return {kind: 'array', items: parts.flatMap((part) => (part.kind === 'array' ? part.items : [UNKNOWN]))}
}

/** Moves to the next `,`, `)` or `]` of this level. */
function skipOperand(cursor: SwiftCursor): SwiftValue {
  let depth = 0
  for (; cursor.at < cursor.tokens.length; cursor.at += 1) {
    const {kind, value} = cursor.tokens[cursor.at]!
    if (kind !== 'punctuation') continue
    if (depth === 0 && (value === ',' || value === ')' || value === ']' || value === '}')) break
    if (value === '(' || value === '[' || value === '{') depth += 1
    else if (value === ')' || value === ']' || value === '}') depth -= 1
  }
  return UNKNOWN
}

function peek(cursor: SwiftCursor): string | null {
  const token = cursor.tokens[cursor.at]
  return token?.kind === 'punctuation' ? token.value : null
}

function atEnd(cursor: SwiftCursor): boolean {
  return cursor.at >= cursor.tokens.length || [',', ')', ']', ':', '}'].includes(peek(cursor) ?? '')
}
