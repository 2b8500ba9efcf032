import canonicalize from 'canonicalize'

/**
 * RFC 8785 bytes (as text) of a JSON value. Throws a TypeError for what JCS cannot carry (NaN, infinities, `undefined`,
 * lone surrogates, integers beyond 2^53, anything that is not plain JSON): refused, never coerced.
 */
export function canonicalJson(value: unknown): string {
  assertPlainJson(value, '$', 0)
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('canonical JSON: nothing to write')
  return text
}

const MAX_DEPTH = 512

function assertPlainJson(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new TypeError(`canonical JSON: deeper than ${MAX_DEPTH} at ${path}`)
  switch (typeof value) {
    case 'boolean':
      return
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`canonical JSON: lone surrogate at ${path}`)
      return
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON: ${value} at ${path}`)
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new TypeError(`canonical JSON: integer beyond 2^53 at ${path}`)
      return
    case 'object': {
      if (value === null) return
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) assertPlainJson(value[i], `${path}[${i}]`, depth + 1)
        return
      }
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`canonical JSON: not a plain object at ${path}`)
      for (const [key, member] of Object.entries(value)) {
        if (!key.isWellFormed()) throw new TypeError(`canonical JSON: lone surrogate in a key at ${path}`)
        assertPlainJson(member, `${path}.${key}`, depth + 1)
      }
      return
    }
    default:
      throw new TypeError(`canonical JSON: ${typeof value} at ${path}`)
  }
}
