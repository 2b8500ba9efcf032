import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {findRows, logRows} from '../../../src/reports/html/client/log-lines.ts'
import type {HtmlTest} from '../../../src/reports/html/client/model.ts'
import {searchText, selectTests, type TestQuery} from '../../../src/reports/html/client/select-tests.ts'
import {scrollTo, windowOf} from '../../../src/reports/html/client/window-of.ts'

const ALL: TestQuery = {outcome: null, search: '', order: 'outcome', descending: false}

describe('selecting tests', () => {
  const rows: readonly HtmlTest[] = [
    {id: 'App/Login/test10', outcome: 'passed', seconds: 3, device: 'iPhone 17'},
    {id: 'App/Login/test2', outcome: 'failed', seconds: 1, failures: [{message: 'Token expired', place: 'Login.swift:4', details: []}]},
    {id: 'App/Cart/test1', outcome: 'skipped', reason: 'needs network'},
    {id: 'App/Cart/test3', outcome: 'passed', seconds: 9, retried: true},
  ]
  const texts = rows.map(searchText)
  const select = (query: Partial<TestQuery>): readonly (string | undefined)[] =>
    selectTests(rows, texts, {...ALL, ...query}).map((index) => rows[index]?.id.split('/').at(-1))

  it('puts failures first', () => {
    expect(select({})).toEqual(['test2', 'test1', 'test10', 'test3'])
  })

  it('sorts numbers in names as numbers', () => {
    expect(select({order: 'name'})).toEqual(['test1', 'test3', 'test2', 'test10'])
  })

  it('sorts by time, those without a time last', () => {
    expect(select({order: 'seconds', descending: true})).toEqual(['test3', 'test10', 'test2', 'test1'])
  })

  it('filters by outcome, and finds what a retry saved', () => {
    expect(select({outcome: 'passed'})).toEqual(['test10', 'test3'])
    expect(select({outcome: 'retried'})).toEqual(['test3'])
  })

  it('searches names, messages, places, devices and reasons, all words at once', () => {
    expect(select({search: 'TOKEN login.swift'})).toEqual(['test2'])
    expect(select({search: 'network'})).toEqual(['test1'])
    expect(select({search: 'iphone login'})).toEqual(['test10'])
    expect(select({search: 'iphone cart'})).toEqual([])
  })
})

describe('the window of a long list', () => {
  it('holds what is in sight, within the list, and is bounded by the height', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000_000),
        fc.integer({min: 0, max: 2000}),
        fc.integer({min: 10, max: 60}),
        fc.nat(100_000),
        (top, height, row, count) => {
          const {first, end} = windowOf(top, height, row, count)
          expect(first).toBeGreaterThanOrEqual(0)
          expect(end).toBeLessThanOrEqual(count)
          expect(end - first).toBeLessThanOrEqual(Math.ceil(Math.max(height, row) / row) + 1 + 24)
          const seen = Math.floor(top / row)
          if (seen < count) expect(first <= seen && seen < end).toBe(true)
        },
      ),
    )
  })

  it('scrolls no further than it must to show a row whole', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(30_000), fc.integer({min: 100, max: 900}), (row, top, height) => {
        const to = scrollTo(row, top, height, 30)
        expect(row * 30).toBeGreaterThanOrEqual(to)
        expect(row * 30 + 30).toBeLessThanOrEqual(Math.max(to + height, 30))
        if (row * 30 >= top && row * 30 + 30 <= top + height) expect(to).toBe(top)
      }),
    )
  })
})

describe('log rows', () => {
  const log = {
    lines: 20,
    pieces: [
      {from: 1, text: 'a\nb'},
      {from: 10, text: 'error: c\nd\n'},
    ],
  }

  it('number lines as the whole log does and say what is missing', () => {
    expect(logRows(log).rows).toEqual([
      {line: 1, text: 'a', missing: 0},
      {line: 2, text: 'b', missing: 0},
      {line: 3, text: '', missing: 7},
      {line: 10, text: 'error: c', missing: 0},
      {line: 11, text: 'd', missing: 0},
      {line: 12, text: '', missing: 0},
      {line: 13, text: '', missing: 8},
    ])
  })

  it('find a line, or the gap that holds it', () => {
    const held = logRows(log)
    expect([1, 2, 5, 10, 12, 20, 0, 21].map((line) => held.find(line))).toEqual([0, 1, 2, 3, 5, 6, null, null])
  })

  it('are searched without regard to case', () => {
    expect(findRows(logRows(log).rows, 'ERROR', 10)).toEqual([3])
    expect(findRows(logRows(log).rows, '', 10)).toEqual([])
  })
})
