import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {InterpreterEvent} from '@rch/contract/events'
import {createInterpreter} from '@rch/interpreter'
import {createLogExcerpt, type ExcerptLimits} from '../../../src/reports/html/log-excerpt.ts'
import {diagnosticKey, testKeys} from '../../../src/reports/html/log-places.ts'

const SMALL: ExcerptLimits = {head: 400, tail: 600, around: 4000, line: 200}

describe('an excerpt', () => {
  it('is the whole log where it fits, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({unit: 'grapheme-ascii', maxLength: 20}), {maxLength: 20}), fc.nat(40), (lines, size) => {
        const text = lines.map((line) => `${line}\n`).join('')
        const excerpt = createLogExcerpt()
        const bytes = Buffer.from(text)
        for (let at = 0; at < bytes.length; at += size + 1) excerpt.bytes(bytes.subarray(at, at + size + 1))
        const {lines: count, pieces} = excerpt.end()
        expect(count).toBe(lines.length)
        expect(pieces.map((piece) => piece.text).join('\n')).toBe(lines.join('\n'))
      }),
    )
  })

  it('keeps beginning, end and what surrounds a failure of a long one', () => {
    const lines = Array.from({length: 2000}, (_, index) => `line ${index + 1}`)
    lines[1000] = 'App.swift:3:1: error: wrong'
    const {lines: count, pieces, marks, places} = excerptOf(lines)
    expect(count).toBe(2000)
    expect(places.get(diagnosticKey('error', 'wrong'))).toBe(1001)
    expect(marks).toContainEqual({line: 1001, kind: 'error'})
    expect(pieces).toHaveLength(3)
    const [head, around, tail] = pieces
    expect(head).toMatchObject({from: 1})
    expect(around?.from).toBe(981)
    expect(around?.text.split('\n')).toHaveLength(41)
    expect(tail?.text.split('\n').at(-1)).toBe('line 2000')
    expect(pieces.reduce((sum, {text}) => sum + text.length, 0)).toBeLessThan(SMALL.head + SMALL.tail + SMALL.around)
  })

  it('finds a failed test by its name with and without its target, and by what it said', () => {
    const {places} = excerptOf([
      "Test Case '-[AppTests.LoginTests testToken]' started.",
      '/src/LoginTests.swift:9: error: -[AppTests.LoginTests testToken] : failed - expired',
      "Test Case '-[AppTests.LoginTests testToken]' failed (0.010 seconds).",
    ])
    for (const key of testKeys('AppTests/LoginTests/testToken', [{message: 'failed - expired'}])) expect(places.get(key)).toBe(2)
  })

  it('shows what would hide, and cuts endless lines', () => {
    const {pieces} = excerptOf(['\u001b[31mred\u001b[0m\r', 'a\u202eb', 'x'.repeat(10_000)])
    const [red, turned, long] = pieces.flatMap(({text}) => text.split('\n'))
    expect(red).toBe('red')
    expect(turned).toBe('a\\u{202e}b')
    expect(long?.length).toBeLessThan(220)
  })

  it('has bounded memory and one number per line, however long the log', () => {
    const excerpt = createLogExcerpt(SMALL)
    const chunk = Buffer.from('0123456789\n'.repeat(1000))
    for (let index = 0; index < 100; index++) excerpt.bytes(chunk)
    const {lines, pieces} = excerpt.end()
    expect(lines).toBe(100_000)
    expect(pieces.reduce((sum, {text}) => sum + text.length, 0)).toBeLessThan(2000)
  })
})

function excerptOf(lines: readonly string[]) {
  const excerpt = createLogExcerpt(SMALL)
  const interpreter = createInterpreter({sourceRoot: '/src'})
  const tell = (events: readonly InterpreterEvent[]): void => events.forEach((event) => excerpt.event(event))
  for (let at = 0; at < lines.length; at += 50) {
    const bytes = Buffer.from(
      lines
        .slice(at, at + 50)
        .map((line) => `${line}\n`)
        .join(''),
    )
    excerpt.bytes(bytes)
    tell(interpreter.push(bytes))
  }
  tell(interpreter.end())
  return excerpt.end()
}
