import {describe, expect, it} from 'vitest'
import {endings, only} from './support/events.ts'
import {eventsOf, summaryOf} from './support/read-log.ts'

const log = (...lines: string[]): string => `${lines.join('\n')}\n`

/** The same lines with the SF Symbols that a terminal on macOS gets. */
function withSfSymbols(text: string): string {
  const symbols: Record<string, string> = {
    '◇': '\u{1007C8} ',
    '✔': '\u{10105B} ',
    '✘': '\u{100884} ',
    '➜': '\u{10065F} ',
    '━': '\u{100882} ',
    '↳': '\u{100135} ',
    '±': '\u{10017A} ',
  }
  return text.replaceAll(/[◇✔✘➜━↳±]/g, (symbol) => symbols[symbol] ?? symbol)
}

const RUN = log(
  '◇ Test run started.',
  '↳ Testing Library Version: 1501',
  '◇ Suite CartTests started.',
  '◇ Test total() started.',
  '◇ Test "A display name" started.',
  '◇ Test known() started.',
  '✔ Test total() passed after 0.001 seconds.',
  '✘ Test "A display name" recorded an issue at CartTests.swift:17:9: Expectation failed: (a → 1) == 2',
  '± [1] vs [2]',
  '↳ a comment',
  '✘ Test "A display name" failed after 0.002 seconds with 1 issue.',
  '━ Test known() recorded a known issue at CartTests.swift:20:3: Issue recorded',
  '━ Test known() passed after 0.003 seconds with 1 known issue.',
  '➜ Test later() skipped: "not yet"',
  '✘ Suite CartTests failed after 0.004 seconds with 2 issues (including 1 known issue).',
  '✘ Test run with 4 tests in 1 suite failed after 0.005 seconds with 2 issues (including 1 known issue).',
)

describe('Swift Testing', () => {
  it.each([
    ['plain symbols', RUN],
    ['SF Symbols', withSfSymbols(RUN)],
  ])('reads a run with %s', (_, text) => {
    expect(endings(text)).toEqual(['total() passed', 'A display name failed', 'known() passed with expected failures', 'later() skipped'])
    expect(only(eventsOf(text), 'test_case_failed')[0]).toMatchObject({
      seconds: 0.002,
      orphan: false,
      test: {display_name: 'A display name', framework: 'swift-testing'},
      failures: [
        {message: 'Expectation failed: (a → 1) == 2', file: 'CartTests.swift', line: 17, column: 9, details: ['[1] vs [2]', 'a comment']},
      ],
    })
    expect(only(eventsOf(text), 'test_case_skipped')[0]?.reason).toBe('not yet')
    expect(summaryOf(text).tests).toMatchObject({passed: 2, failed: 1, skipped: 1, expected_failures: 1, unfinished: 0})
  })

  it('reads parameterised tests, with zero-width spaces and words like errors in their arguments', () => {
    const text = log(
      '◇ Test run started.',
      '◇ Test parse(text:count:) started.',
      '◇ Passing 2 arguments text → "error: no", count → 1 to parse(text:count:)',
      '\u200B◇ Test case passing 2 arguments text → "at home", count → 2 to parse(text:count:) started.',
      '✘ Test parse(text:count:) recorded an issue with 2 arguments text → "at home", count → 2 at ParseTests.swift:9:5: Expectation failed: false',
      '\u200B✘ Test parse(text:count:) with 2 test cases failed after 0.011 seconds with 1 issue.',
    )
    expect(summaryOf(text)).toMatchObject({errors: 0, tests: {failed: 1}})
    expect(only(eventsOf(text), 'test_case_failed')[0]?.failures).toEqual([
      {message: 'Expectation failed: false', file: 'ParseTests.swift', line: 9, column: 5, details: ['text → "at home", count → 2']},
    ])
  })

  it('takes suite and function from the list, so that the test can be run again', () => {
    const text = log(
      "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.",
      "Test Suite 'AppTests.xctest' started at 2026-01-02 03:04:05.678.",
      "Test Suite 'AppTests.xctest' passed at 2026-01-02 03:04:05.678.",
      "Test Suite 'All tests' passed at 2026-01-02 03:04:05.678.",
      RUN.trim(),
      'Failing tests:',
      '\tCartTests.displayed(_:)',
      '',
      '** TEST FAILED **',
    )
    expect(summaryOf(text).tests.failed_tests.map(({id, name}) => [id, name])).toEqual([
      ['AppTests/CartTests/displayed(_:)', 'CartTests.displayed(_:)'],
    ])
  })

  it('keeps the form with a function behind a display name', () => {
    const text = log('◇ Test "Name" (aka \'named()\') started.', '✔ Test "Name" (aka \'named()\') passed after 0.001 seconds.')
    expect(only(eventsOf(text), 'test_case_passed')[0]?.test).toMatchObject({id: 'named()', name: 'named()', display_name: 'Name'})
  })

  it('keeps tests of one name in two suites apart', () => {
    const text = log(
      '◇ Test same() started.',
      '◇ Test same() started.',
      '✔ Test same() passed after 0.001 seconds.',
      '✘ Test same() failed after 0.001 seconds with 1 issue.',
    )
    expect(endings(text)).toEqual(['same() passed', 'same() failed'])
    expect(summaryOf(text).tests.unfinished).toBe(0)
  })

  it('reads past the coloured dots of tags', () => {
    const text = log(
      '\u001B[90m◇\u001B[0m \u001B[91m●\u001B[94m●\u001B[0m Test t() started.',
      '\u001B[92m✔\u001B[0m \u001B[91m●\u001B[0m Test t() passed after 0.001 seconds.',
    )
    expect(endings(text)).toEqual(['t() passed'])
  })

  it('reads warnings as no failure', () => {
    const text = log(
      '◇ Test w() started.',
      '⚠︎ Test w() recorded a warning at W.swift:3:5: Issue recorded',
      '✔ Test w() passed after 0.001 seconds with 1 warning.',
    )
    expect(endings(text)).toEqual(['w() passed'])
  })

  it('takes what a test prints for data', () => {
    const text = log(
      '◇ Test run started.',
      '◇ Test a() started.',
      'error: printed',
      '** TEST FAILED **',
      '✔ Test a() passed after 0.1 seconds.',
    )
    expect(summaryOf(text)).toMatchObject({errors: 0, verdicts: [], tests: {passed: 1}})
  })

  it('reads parallel lines of both frameworks', () => {
    const text = log(
      "Test case 'CartTests/total()' passed on 'Clone 1 of iPhone 16 - App (1)' (0.000 seconds)",
      "Test case 'Outer/Inner/parse(text:)' failed on 'Clone 1 of iPhone 16 - App (1)' (0.000 seconds)",
      "Test case 'free()' passed on 'Clone 1 of iPhone 16 - App (1)' (0.000 seconds)",
      "Test case 'OldTests.testA()' passed on 'Clone 1 of iPhone 16 - App (1)' (0.000 seconds)",
    )
    expect(endings(text)).toEqual(['CartTests/total() passed', 'Outer/Inner/parse(text:) failed', 'free() passed', 'OldTests/testA passed'])
    expect(only(eventsOf(text), 'test_case_passed').map(({test}) => test.framework)).toEqual(['swift-testing', 'swift-testing', 'xctest'])
  })

  it('knows the crashed one among a suite that is given up', () => {
    const text = log(
      '◇ Test run started.',
      '◇ Test fine() started.',
      '◇ Test boom() started.',
      '✔ Test fine() passed after 0.001 seconds.',
      'CartTests/CartTests.swift:9: Fatal error: boom',
      'Restarting after unexpected exit, crash, or test timeout; summary will include totals from previous launches.',
      '◇ Test run started.',
      '◇ Test boom() started.',
      'Restarting after unexpected exit, crash, or test timeout; summary will include totals from previous launches.',
      'Testing failed:',
      '\tRun test suite CartTests encountered an error (Exceeded max restart count of 2. (Underlying Error: Crash: App (1) CartTests.boom()))',
      '',
      '** TEST FAILED **',
    )
    const summary = summaryOf(text)
    expect(summary).toMatchObject({restarts: 2, tests: {failed: 1, crashed: 1, passed: 1, unfinished: 0}})
    expect(summary.tests.failed_tests[0]).toMatchObject({id: 'CartTests/boom()', name: 'CartTests.boom()'})
  })
})

it('counts what is skipped without a reason, and takes a warning for no failure', () => {
  const text = log(
    '◇ Test run started.',
    '➜ Test later() skipped.',
    '➜ Test never() skipped: "not here"',
    '◇ Test warns() started.',
    '⚠️ Test warns() recorded a warning at F.swift:3:5: Issue recorded',
    '✔ Test warns() passed after 0.001 seconds with 1 warning.',
  )
  expect(endings(text)).toEqual(['later() skipped', 'never() skipped', 'warns() passed'])
  expect(summaryOf(text)).toMatchObject({errors: 0, warnings: 0, tests: {passed: 1, skipped: 2}})
})

it('takes a place inside an argument for a part of the argument', () => {
  const text = log(
    '◇ Test run started.',
    '◇ Test p(x:y:) started.',
    '✘ Test p(x:y:) recorded an issue with 2 arguments x → 1, y → "a at b.swift:1:1: c" at F.swift:9:5: Expectation failed',
    '✘ Test p(x:y:) failed after 0.001 seconds with 1 issue.',
  )
  expect(summaryOf(text).tests.failed_tests[0]?.failures).toMatchObject([{file: 'F.swift', line: 9, message: 'Expectation failed'}])
})
