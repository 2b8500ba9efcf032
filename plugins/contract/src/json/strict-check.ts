/** Keys that reach an object's prototype when a careless merge meets them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Whether a parsed value is free of what a parser hides. `members` is the number of members that the text spells: a key
 * that stands twice leaves one member less in the value, so counting finds it without remembering any key.
 */
export function isStrict(value: unknown, members: number, mayHoldSurrogates: boolean): boolean {
  return countMembers(value, mayHoldSurrogates) === members
}

/** The number of members in the whole value; NaN as soon as something is not acceptable. */
function countMembers(value: unknown, mayHoldSurrogates: boolean): number {
  switch (typeof value) {
    case 'number':
      return isPortable(value) ? 0 : Number.NaN
    case 'string':
      return mayHoldSurrogates && !value.isWellFormed() ? Number.NaN : 0
    case 'object':
      break
    default:
      return 0
  }
  if (value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item, mayHoldSurrogates)
    return count
  }
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key) || (mayHoldSurrogates && !key.isWellFormed())) return Number.NaN
    count += 1 + countMembers(member, mayHoldSurrogates)
  }
  return count
}

/** A number that every reader of JSON holds without loss of its integer part. */
export function isPortable(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
}
