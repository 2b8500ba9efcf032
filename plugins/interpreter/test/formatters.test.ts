import {describe, expect, it} from 'vitest'
import {endings} from './support/events.ts'
import {eventsOf, summaryOf} from './support/read-log.ts'

const log = (...lines: string[]): string => `${lines.join('\n')}\n`

describe('logs that went through other tools', () => {
  it('reads xcbeautify', () => {
    const text = log(
      '[App] Compiling A.swift',
      '❌ /w/A.swift:3:5: cannot find x in scope',
      '    let y = x',
      '            ^',
      '⚠️  /w/B.swift:1:1: unused',
      '[x] ld: symbol(s) not found',
      "Test Suite CartTests started on 'iPhone 16'",
      '    ✔ testA (0.001 seconds)',
      '    ✖ testB, XCTAssertTrue failed',
      "    ✖ testC on 'iPhone 16' (0.003 seconds)",
      '    ⊘ testD',
      'Test Failed',
    )
    expect(endings(text)).toEqual(['CartTests/testA passed', 'CartTests/testB failed', 'CartTests/testC failed', 'CartTests/testD skipped'])
    expect(summaryOf(text)).toMatchObject({
      errors: 2,
      warnings: 1,
      verdicts: ['Test Failed'],
      phases: [{phase: 'build'}, {phase: 'test', outcome: 'failed'}],
    })
    expect(summaryOf(text).diagnostics[0]).toMatchObject({
      file: '/w/A.swift',
      line: 3,
      column: 5,
      details: ['    let y = x', '            ^'],
    })
  })

  it('reads xcpretty', () => {
    const text = log(
      '▸ Compiling A.m',
      '❌  /w/A.m:3:5: use of undeclared identifier',
      '▸ Test Succeeded',
      'All tests',
      'Test Suite AppTests.xctest started',
      'CartTests',
      '    ✓ testA (0.001 seconds)',
      '    ✗ testB, failed - no',
    )
    expect(endings(text)).toEqual(['CartTests/testA passed', 'CartTests/testB failed'])
    expect(summaryOf(text)).toMatchObject({errors: 1})
  })

  it('reads xcpretty under fastlane', () => {
    const text = log(
      '[16:41:53]: ▸ Compiling A.m',
      '[16:41:54]: ▸ ❌  /w/A.m:3:5: use of undeclared identifier',
      '[16:41:55]: ▸ CartTests',
      '[16:41:55]: ▸     ✓ testA (0.001 seconds)',
      '[16:41:55]: ▸     ✗ testB, failed - no',
      '[16:41:56]: ▸ Test Failed',
    )
    expect(endings(text)).toEqual(['CartTests/testA passed', 'CartTests/testB failed'])
    expect(summaryOf(text)).toMatchObject({errors: 1, verdicts: ['▸ Test Failed']})
  })

  it('reads what a runner shows of workflow commands, but not its own', () => {
    const text = log('##[error]/w/A.swift:3:5: cannot find x', '##[error]Process completed with exit code 65.')
    expect(summaryOf(text)).toMatchObject({errors: 1, diagnostics: [{file: '/w/A.swift', line: 3}]})
  })

  it('takes signs and ticks in a log of xcodebuild itself for prints', () => {
    const text = log(
      'Command line invocation:',
      '    /usr/bin/xcodebuild test',
      '[!] CocoaPods did something',
      '❌ /w/A.swift:1:1: not a formatter',
      '    ✔ printed (0.001 seconds)',
      'Test Failed',
    )
    expect(summaryOf(text)).toMatchObject({errors: 0, warnings: 0, verdicts: [], tests: {passed: 0}})
    expect(summaryOf('[!] CocoaPods did something\n❌ no place\n')).toMatchObject({errors: 0, warnings: 0})
  })

  it('reads a log that was quoted with an indent', () => {
    const text = log(
      "    Test Case '-[AppTests.CartTests testA]' passed (0.012 seconds).",
      '    /w/A.swift:3:5: error: cannot find x',
      '    /usr/bin/clang -c /w/a.c',
      '    ** TEST FAILED **',
    )
    expect(summaryOf(text)).toMatchObject({errors: 1, verdicts: ['** TEST FAILED **'], tests: {passed: 1}})
  })

  it('reads workflow commands', () => {
    const text = log('::error file=App/A.swift,line=3,col=5::cannot find x', '::warning file=App/B.swift,line=1::unused')
    expect(summaryOf(text).diagnostics.map(({severity, file, line, column}) => [severity, file, line, column])).toEqual([
      ['error', 'App/A.swift', 3, 5],
      ['warning', 'App/B.swift', 1, null],
    ])
  })

  it('reads failed tests that a formatter wrote as workflow commands', () => {
    const text = log(
      '::error file=/w/ATests.swift,line=12::    testB, XCTAssertTrue failed',
      "::error ::    testC() on 'iPhone 16' (0.003 seconds)",
      '::error file=/w/STests.swift,line=5,col=9::Recorded an issue (Expectation failed: a == b)',
      '::error ::"Adds up" (0.001 seconds) 1 issue(s)',
      '::error ::Suite STests failed after 0.002 seconds with 1 issue(s)',
      '::error ::Test run with 1 tests failed after 0.002 seconds with 1 issue(s)',
      '##vso[task.logissue type=error;sourcepath=/w/A.swift;linenumber=3;columnnumber=5]cannot find x',
    )
    const {errors, tests} = summaryOf(text)
    expect(errors).toBe(1)
    expect(summaryOf(text).diagnostics).toMatchObject([{file: '/w/A.swift', line: 3, column: 5, message: 'cannot find x'}])
    expect(tests.failed_tests.map(({test, failures}) => [test.id, failures[0]?.file ?? null, failures[0]?.line ?? null])).toEqual([
      ['testB', '/w/ATests.swift', 12],
      ['testC()', null, null],
      ['Adds up', '/w/STests.swift', 5],
    ])
  })

  it('reads what xcbeautify prints of parallel tests and of Swift Testing', () => {
    const text = log(
      "    ✔ [CartTests] testA() on 'iPhone 16' (0.001 seconds)",
      "    ✖ [CartTests] testB() on 'iPhone 16' (0.002 seconds)",
      '    ✔ "Adds up" (0.001 seconds)',
      '    ⚠️  Test "Takes away" recorded an issue at STests.swift:5:9: Expectation failed: 1 == 2',
      '    ✖ "Takes away" (0.001 seconds) 1 issue(s)',
      '    ⊘ later() skipped (not now)',
    )
    expect(endings(text)).toEqual([
      'CartTests/testA passed',
      'CartTests/testB failed',
      'Adds up passed',
      'Takes away failed',
      'later() skipped',
    ])
    expect(summaryOf(text)).toMatchObject({errors: 0, warnings: 0})
    expect(summaryOf(text).tests.failed_tests.at(-1)?.failures).toMatchObject([{file: 'STests.swift', line: 5, column: 9}])
  })

  const PLAIN = log(
    'Command line invocation:',
    '    /usr/bin/xcodebuild test',
    "CompileC /d/a.o /w/a.c normal arm64 c (in target 'App' from project 'P')",
    '    cd /w',
    '/w/a.c:1:1: warning: unused',
    'int x;',
    '^',
    "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.",
    "Test Case '-[AppTests.CartTests testA]' started.",
    '    t =     0.00s Start Test at 2026-01-02 03:04:05.678',
    "Test Case '-[AppTests.CartTests testA]' passed (0.012 seconds).",
    '◇ Test run started.',
    '✔ Test a() passed after 0.001 seconds.',
    'Failing tests:',
    '\tCartTests.testB()',
    '',
    '** TEST FAILED **',
  )

  it.each([
    ['time stamps of a runner', (line: string) => `2026-01-02T03:04:05.1234567Z ${line}`],
    ['the columns of a downloaded log', (line: string) => `build\tRun tests\t2026-01-02T03:04:05.1234567Z ${line}`],
    ['a byte order mark', (line: string) => `\uFEFF${line}`],
    ['colours', (line: string) => `\u001B[1m\u001B[38;5;208m${line.slice(0, 3)}\u001B[0m${line.slice(3)}\u001B[K`],
    ['marks of a terminal', (line: string) => `\u001B_bk;t=1700000000000\u0007\u001B]8;;file:///x\u001B\\${line}\u001B]8;;\u001B\\`],
    ['a clock in brackets', (line: string) => `[2026-01-02T03:04:05.123Z] ${line}`],
    ['Windows line ends', (line: string) => `${line}\r`],
  ])('reads through %s', (_, decorate) => {
    const decorated = PLAIN.split('\n').map(decorate).join('\n')
    expect(eventsOf(decorated)).toEqual(eventsOf(PLAIN))
  })
})
