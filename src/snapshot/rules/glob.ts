/** One path pattern of gitignore's language, ready to be matched. */
export interface Glob {
  readonly segments: readonly Segment[]
}

/** `**` alone between slashes, or what one path component must look like. */
type Segment = typeof ANY_DEPTH | readonly Token[]
type Token = {readonly kind: 'star' | 'any'} | {readonly kind: 'char'; readonly char: string} | Class
interface Class {
  readonly kind: 'class'
  readonly negated: boolean
  readonly ranges: readonly (readonly [number, number])[]
}

const ANY_DEPTH = '**'

/** Compiles a pattern; `undefined` when it can never match (a bracket that is not closed). */
export function compileGlob(pattern: string): Glob | undefined {
  const segments: Segment[] = []
  for (const part of pattern.split('/')) {
    if (part === '**') {
      if (segments.at(-1) !== ANY_DEPTH) segments.push(ANY_DEPTH)
      continue
    }
    const tokens = compileSegment(Array.from(part))
    if (tokens === undefined) return undefined
    segments.push(tokens)
  }
  return {segments}
}

/**
 * Whether the whole path matches. A leading or inner `**` stands for zero or more components, a last one for at least one.
 * Only the latest star of each kind is ever tried again, so no pattern takes exponential time.
 */
export function matchGlob({segments}: Glob, path: readonly string[]): boolean {
  let s = 0
  let p = 0
  let retryS = -1
  let retryP = 0
  while (p < path.length) {
    const segment = segments[s]
    if (segment === ANY_DEPTH) {
      if (s === segments.length - 1) return true
      retryS = ++s
      retryP = p
    } else if (segment !== undefined && matchComponent(segment, path[p] ?? '')) {
      s++
      p++
    } else if (retryS >= 0) {
      s = retryS
      p = ++retryP
    } else return false
  }
  return s === segments.length
}

function matchComponent(tokens: readonly Token[], text: string): boolean {
  const chars = Array.from(text)
  let t = 0
  let c = 0
  let retryT = -1
  let retryC = 0
  while (c < chars.length) {
    const token = tokens[t]
    if (token?.kind === 'star') {
      retryT = ++t
      retryC = c
    } else if (token !== undefined && matchChar(token, chars[c] ?? '')) {
      t++
      c++
    } else if (retryT >= 0) {
      t = retryT
      c = ++retryC
    } else return false
  }
  while (tokens[t]?.kind === 'star') t++
  return t === tokens.length
}

function matchChar(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char
  if (token.kind !== 'class') return token.kind === 'any'
  const code = char.codePointAt(0) ?? 0
  return token.ranges.some(([low, high]) => code >= low && code <= high) !== token.negated
}

function compileSegment(chars: readonly string[]): Token[] | undefined {
  const tokens: Token[] = []
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? ''
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({kind: 'star'})
    } else if (char === '?') tokens.push({kind: 'any'})
    else if (char === '[') {
      const found = compileClass(chars, i + 1)
      if (found === undefined) return undefined
      tokens.push(found.token)
      i = found.end
    } else if (char === '\\') {
      const escaped = chars[++i]
      if (escaped === undefined) return undefined
      tokens.push({kind: 'char', char: escaped})
    } else tokens.push({kind: 'char', char})
  }
  return tokens
}

/** `start` is just after `[`; the result's `end` is the closing bracket. */
function compileClass(chars: readonly string[], start: number): {readonly token: Class; readonly end: number} | undefined {
  let i = start
  const negated = chars[i] === '!' || chars[i] === '^'
  if (negated) i++
  const ranges: (readonly [number, number])[] = []
  for (let first = true; ; first = false) {
    if (i >= chars.length) return undefined
    if (chars[i] === ']' && !first) return {token: {kind: 'class', negated, ranges}, end: i}
    const named = chars[i] === '[' && chars[i + 1] === ':' ? /^\[:([a-z]*):\]/.exec(chars.slice(i).join('')) : null
    if (named !== null) {
      const known = POSIX_CLASSES.get(named[1] ?? '')
      if (known === undefined) return undefined
      ranges.push(...known)
      i += named[0].length
      continue
    }
    if (chars[i] === '\\') i++
    const low = chars[i]?.codePointAt(0)
    if (low === undefined) return undefined
    let high = low
    if (chars[i + 1] === '-' && chars[i + 2] !== undefined && chars[i + 2] !== ']') {
      i += chars[i + 2] === '\\' ? 3 : 2
      const end = chars[i]?.codePointAt(0)
      if (end === undefined) return undefined
      high = end
    }
    ranges.push([low, high])
    i++
  }
}

const POSIX_CLASSES: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  [
    'alnum',
    [
      [48, 57],
      [65, 90],
      [97, 122],
    ],
  ],
  [
    'alpha',
    [
      [65, 90],
      [97, 122],
    ],
  ],
  [
    'blank',
    [
      [9, 9],
      [32, 32],
    ],
  ],
  [
    'cntrl',
    [
      [0, 31],
      [127, 127],
    ],
  ],
  ['digit', [[48, 57]]],
  ['graph', [[33, 126]]],
  ['lower', [[97, 122]]],
  ['print', [[32, 126]]],
  [
    'punct',
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  [
    'space',
    [
      [9, 13],
      [32, 32],
    ],
  ],
  ['upper', [[65, 90]]],
  [
    'xdigit',
    [
      [48, 57],
      [65, 70],
      [97, 102],
    ],
  ],
])
