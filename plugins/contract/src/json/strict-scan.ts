import {FORBIDDEN_KEYS, isPortable} from './strict-check.ts'

export interface Violation {
  readonly reason: 'too_deep' | 'duplicate_key' | 'forbidden_key' | 'lone_surrogate' | 'number_out_of_range'
  readonly message: string
  readonly offset: number
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[[\]{}:,]/g

/**
 * The first place in a text where it breaks a strict rule. Slow and exact: it runs only on text that is going to be refused.
 * Text that is not JSON gives whatever comes first, or `undefined`.
 */
export function findViolation(text: string, maxDepth: number): Violation | undefined {
  /** Keys seen in each open object; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = []
  let keyExpected = false
  for (const {0: token, index: offset} of text.matchAll(TOKEN)) {
    switch (token) {
      case '{':
      case '[':
        open.push(token === '{' ? new Set() : undefined)
        if (open.length > maxDepth) return {reason: 'too_deep', message: `nested deeper than ${maxDepth} levels`, offset}
        keyExpected = token === '{'
        break
      case '}':
      case ']':
        open.pop()
        keyExpected = false
        break
      case ',':
        keyExpected = open.at(-1) !== undefined
        break
      case ':':
        keyExpected = false
        break
      default: {
        const found = token.startsWith('"') ? stringProblem(token, keyExpected ? open.at(-1) : undefined) : numberProblem(token)
        if (found !== undefined) return {...found, offset}
      }
    }
  }
  return undefined
}

function stringProblem(token: string, keys: Set<string> | undefined): Omit<Violation, 'offset'> | undefined {
  let value: unknown
  try {
    value = JSON.parse(token)
  } catch {
    return undefined
  }
  if (typeof value !== 'string') return undefined
  if (!value.isWellFormed()) return {reason: 'lone_surrogate', message: 'an escape makes a lone surrogate'}
  if (keys === undefined) return undefined
  if (FORBIDDEN_KEYS.has(value)) return {reason: 'forbidden_key', message: `the key ${token} is not allowed`}
  if (keys.has(value)) return {reason: 'duplicate_key', message: `the key ${token.slice(0, 80)} stands twice`}
  keys.add(value)
  return undefined
}

function numberProblem(token: string): Omit<Violation, 'offset'> | undefined {
  return isPortable(Number(token))
    ? undefined
    : {reason: 'number_out_of_range', message: `the number ${token.slice(0, 40)} cannot be held exactly`}
}
