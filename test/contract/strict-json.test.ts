import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {canonicalJson, parseStrictJson, StrictJsonError, type StrictJsonReason} from '@rch/contract/json'

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({stringUnit: 'binary', depthSize: 'medium'}), (text) => {
        const expected: unknown = JSON.parse(text)
        fc.pre(!hasForbiddenKey(expected) && canBeCanonical(expected))
        expect(parseStrictJson(text)).toEqual(expected)
        expect(parseStrictJson(Buffer.from(text))).toEqual(expected)
      }),
      {numRuns: 500},
    )
  })

  it('agrees with JSON.parse about the syntax of damaged text', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '1', '\u0000', '[[', 'é'), (text, at, piece) => {
        const place = at % (text.length + 1)
        const damaged = text.slice(0, place) + piece + text.slice(place + 1)
        const reason = reasonOf(() => parseStrictJson(damaged))
        if (isJson(damaged)) expect(reason).not.toBe('syntax')
        else expect(WHAT_DAMAGE_DOES).toContain(reason)
      }),
      {numRuns: 1000},
    )
  })

  it('finds a repeated key wherever it stands', () => {
    const key = fc.string({unit: 'binary', minLength: 1}).filter((name) => !hasForbiddenKey({[name]: 0}) && name.isWellFormed())
    const place = fc.array(fc.constantFrom('array', 'object'), {maxLength: 8})
    fc.assert(
      fc.property(key, place, fc.jsonValue(), (name, places, value) => {
        fc.pre(!hasForbiddenKey(value) && canBeCanonical(value))
        const member = `${JSON.stringify(name)}: ${JSON.stringify(value)}`
        let text = `{"other${name.length}": 1, ${member}, ${member}}`
        for (const kind of places) text = kind === 'array' ? `[0, ${text}]` : `{"a": ${text}}`
        expect(reasonOf(() => parseStrictJson(text))).toBe('duplicate_key')
      }),
    )
  })

  it.each<[string, string | Uint8Array, StrictJsonReason, number | null]>([
    ['a key twice', '{"a":1,"b":{"a":1},"a":2}', 'duplicate_key', 19],
    ['a key twice, once escaped', String.raw`{"a":1,"\u0061":2}`, 'duplicate_key', 7],
    ['__proto__', '{"x":[{"__proto__":{}}]}', 'forbidden_key', 7],
    ['__proto__ escaped', String.raw`{"__pr\u006fto__":1}`, 'forbidden_key', 1],
    ['constructor', '{"constructor":1}', 'forbidden_key', 1],
    ['prototype', '{"prototype":1}', 'forbidden_key', 1],
    ['a high surrogate alone', String.raw`["ok", "\ud800"]`, 'lone_surrogate', 7],
    ['a low surrogate alone in a key', String.raw`{"\uDC00x":1}`, 'lone_surrogate', 1],
    ['an integer beyond 2^53', '[9007199254740993]', 'number_out_of_range', 1],
    ['a negative integer beyond 2^53', '{"n": -9007199254740992}', 'number_out_of_range', 6],
    ['a number beyond a double', '[1e400]', 'number_out_of_range', 1],
    ['a byte order mark', Buffer.from('\ufeff{}'), 'encoding', 0],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xc3, 0x28, 0x22), 'encoding', null],
    ['an encoded surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'encoding', null],
    ['text with a lone surrogate', '"\ud800"', 'encoding', null],
    ['nothing', '', 'syntax', 0],
    ['a cut text', '{"a":', 'syntax', 5],
    ['a trailing comma', '[1,]', 'syntax', null],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'too_deep', 64],
  ])('refuses %s', (_, input, reason, offset) => {
    const error = errorOf(() => parseStrictJson(input))
    expect(error).toMatchObject({reason, offset})
  })

  it('takes the values at the edge', () => {
    const deepest = `${'['.repeat(64)}${']'.repeat(64)}`
    expect(JSON.stringify(parseStrictJson(deepest))).toBe(deepest)
    expect(parseStrictJson('[9007199254740991, -9007199254740991, 0.1, 1e-320, true, null]')).toHaveLength(6)
    expect(parseStrictJson(String.raw`{"\ud83d\ude00": "\\u", "a:{": ":::\"{[", "toString": 1}`)).toEqual({
      '😀': String.raw`\u`,
      'a:{': ':::"{[',
      toString: 1,
    })
  })

  it('bounds size by bytes and depth before it parses', () => {
    expect(reasonOf(() => parseStrictJson('"ééé"', {maxBytes: 7}))).toBe('too_large')
    expect(parseStrictJson('"ééé"', {maxBytes: 8})).toBe('ééé')
    expect(reasonOf(() => parseStrictJson('['.repeat(1_000_000)))).toBe('too_deep')
    expect(reasonOf(() => parseStrictJson('[[1]]', {maxDepth: 1}))).toBe('too_deep')
  })

  it('leaves no trace on Object.prototype', () => {
    expect(() => parseStrictJson('{"__proto__": {"polluted": true}}')).toThrow(StrictJsonError)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

/** Text that is no JSON may break another rule before its syntax is found to be wrong. */
const WHAT_DAMAGE_DOES: readonly StrictJsonReason[] = [
  'syntax',
  'encoding',
  'duplicate_key',
  'forbidden_key',
  'lone_surrogate',
  'number_out_of_range',
  'too_deep',
]

function errorOf(run: () => unknown): StrictJsonError | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof StrictJsonError) return error
    throw error
  }
  return undefined
}

function reasonOf(run: () => unknown): StrictJsonReason | undefined {
  return errorOf(run)?.reason
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, member]) => (!Array.isArray(value) && ['__proto__', 'constructor', 'prototype'].includes(key)) || hasForbiddenKey(member),
  )
}

function canBeCanonical(value: unknown): boolean {
  try {
    canonicalJson(value)
    return true
  } catch {
    return false
  }
}
