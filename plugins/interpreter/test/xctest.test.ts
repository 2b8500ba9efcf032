import {describe, expect, it} from 'vitest'
import {endings, only} from './support/events.ts'
import {eventsOf, summaryOf} from './support/read-log.ts'

const suite = (name: string, word = 'started'): string => `Test Suite '${name}' ${word} at 2026-01-02 03:04:05.678.`
const started = (test: string): string => `Test Case '-[${test}]' started.`
const ended = (test: string, word: string): string => `Test Case '-[${test}]' ${word} (0.012 seconds).`
const log = (...lines: string[]): string => `${lines.join('\n')}\n`
const run = (...lines: string[]): string =>
  log(suite('All tests'), suite('AppTests.xctest'), suite('CartTests'), ...lines, suite('CartTests', 'passed'))

describe('serial XCTest', () => {
  it('names tests as -only-testing takes them', () => {
    const text = run(started('AppTests.CartTests testA'), ended('AppTests.CartTests testA', 'passed'))
    expect(only(eventsOf(text), 'test_case_passed')[0]).toEqual({
      type: 'test_case_passed',
      test: {
        id: 'AppTests/CartTests/testA',
        target: 'AppTests',
        suite: 'CartTests',
        name: 'testA',
        framework: 'xctest',
        display_name: null,
      },
      iteration: 1,
      device: null,
      seconds: 0.012,
      expected_failures: [],
      orphan: false,
    })
  })

  it.each([
    ['a class of Objective-C belongs to the bundle', 'AppTests.xctest', 'CartTests testA', 'AppTests/CartTests/testA'],
    ['a target with a space is a module without', 'My Tests.xctest', 'My_Tests.CartTests testA', 'My Tests/CartTests/testA'],
    ['SwiftPM has one bundle for all targets', 'LibPackageTests.xctest', 'CoreTests.CartTests testA', 'CoreTests/CartTests/testA'],
    ['an octest bundle is a path', '/b/OldTests.octest(Tests)', 'CartTests testA', 'OldTests/CartTests/testA'],
    ['nested classes are separated by slashes', 'AppTests.xctest', 'AppTests.Outer.Inner testA', 'AppTests/Outer/Inner/testA'],
  ])('%s', (_, bundle, test, id) => {
    const text = log(suite('All tests'), suite(bundle), started(test), ended(test, 'passed'))
    expect(endings(text)).toEqual([`${id} passed`])
  })

  it('keeps failures with their places and the rest of their messages', () => {
    const text = run(
      started('AppTests.CartTests testA'),
      '/w/CartTests.swift:7: error: -[AppTests.CartTests testA] : XCTAssertEqual failed: ("a',
      'b") is not equal to ("c")',
      '/w/CartTests.swift:9: error: -[AppTests.CartTests testA] : second',
      ended('AppTests.CartTests testA', 'failed'),
    )
    expect(only(eventsOf(text, {sourceRoot: '/w'}), 'test_case_failed')[0]?.failures).toEqual([
      {message: 'XCTAssertEqual failed: ("a', file: 'CartTests.swift', line: 7, column: null, details: ['b") is not equal to ("c")']},
      {message: 'second', file: 'CartTests.swift', line: 9, column: null, details: []},
    ])
    expect(summaryOf(text)).toMatchObject({errors: 0, tests: {failed: 1, crashed: 0}})
  })

  it('keeps skipped, expected and passed apart', () => {
    const text = run(
      started('AppTests.CartTests testSkip'),
      '/w/CartTests.swift:3: -[AppTests.CartTests testSkip] : Test skipped - not on CI',
      ended('AppTests.CartTests testSkip', 'skipped'),
      started('AppTests.CartTests testKnown'),
      'XCTExpectFailure: matcher accepted Assertion Failure at CartTests.swift:10: XCTAssertTrue failed',
      'CartTests.swift:10: Expected failure in -[AppTests.CartTests testKnown]: XCTAssertTrue failedReason: (known)',
      ended('AppTests.CartTests testKnown', 'passed'),
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testSkip skipped', 'AppTests/CartTests/testKnown passed with expected failures'])
    expect(only(eventsOf(text), 'test_case_skipped')[0]?.reason).toBe('not on CI')
    expect(summaryOf(text).tests).toMatchObject({passed: 1, skipped: 1, expected_failures: 1, failed: 0})
  })

  it.each([
    [
      '/w/A.swift:3: -[AppTests.CartTests testA] : Test skipped: required false value but got true - no',
      'required false value but got true - no',
    ],
    ['/w/A.swift:3: -[AppTests.CartTests testA] : Test skipped', null],
  ])('reads the reason of: %s', (line, reason) => {
    const text = run(started('AppTests.CartTests testA'), line, ended('AppTests.CartTests testA', 'skipped'))
    expect(only(eventsOf(text), 'test_case_skipped')[0]?.reason).toBe(reason)
  })

  it.each(['<unknown>:0: ', ':0: ', ''])('reads a failure without a place: %j', (place) => {
    const text = run(
      started('AppTests.CartTests testA'),
      `${place}error: -[AppTests.CartTests testA] : lost`,
      ended('AppTests.CartTests testA', 'failed'),
    )
    expect(only(eventsOf(text), 'test_case_failed')[0]?.failures).toEqual([
      {message: 'lost', file: null, line: null, column: null, details: []},
    ])
  })

  it('sums the outermost totals', () => {
    const text = log(
      suite('All tests'),
      suite('AppTests.xctest'),
      suite('AppTests.xctest', 'passed'),
      '\t Executed 3 tests, with 1 test skipped and 0 failures (0 unexpected) in 0.004 (0.006) seconds',
      suite('All tests', 'passed'),
      '\t Executed 3 tests, with 1 test skipped and 0 failures (0 unexpected) in 0.004 (0.007) seconds',
      suite('Selected tests'),
      suite('Selected tests', 'failed'),
      '\t Executed 2 tests, with 1 failure (1 unexpected) in 0.004 (0.006) seconds',
    )
    expect(summaryOf(text).executed).toEqual({executed: 5, skipped: 1, failures: 1, unexpected: 1})
    expect(only(eventsOf(text), 'test_suite_completed')[0]).toMatchObject({seconds: 0.006, outcome: 'passed'})
  })

  it('counts a repetition that saved a test as retried, not as failed', () => {
    const text = log(
      suite('All tests'),
      "Test Case '-[AppTests.CartTests testFlaky]' started (Iteration 1 of 3).",
      '/w/CartTests.swift:7: error: -[AppTests.CartTests testFlaky] : not yet',
      ended('AppTests.CartTests testFlaky', 'failed'),
      "Test Case '-[AppTests.CartTests testFlaky]' started (Iteration 2 of 3).",
      ended('AppTests.CartTests testFlaky', 'passed'),
      '** TEST SUCCEEDED **',
    )
    const {tests} = summaryOf(text)
    expect(tests).toMatchObject({passed: 1, failed: 0, retried: 1})
    expect(tests.retried_tests[0]?.failures[0]?.message).toBe('not yet')
    expect(only(eventsOf(text), 'test_case_passed')[0]?.iteration).toBe(2)
  })

  it('counts a test that fails in one of many repetitions as failed when the list names it', () => {
    const text = log(
      "Test Case '-[AppTests.CartTests testA]' started (Iteration 1 of 2).",
      ended('AppTests.CartTests testA', 'failed'),
      "Test Case '-[AppTests.CartTests testA]' started (Iteration 2 of 2).",
      ended('AppTests.CartTests testA', 'passed'),
      'Failing tests:',
      '\tCartTests.testA()',
      '',
      '** TEST FAILED **',
    )
    expect(summaryOf(text).tests).toMatchObject({
      failed: 1,
      retried: 0,
      failed_tests: [{id: 'AppTests/CartTests/testA', name: 'CartTests.testA()'}],
    })
  })

  it('reads the Linux form', () => {
    const text = log(
      "Test Suite 'debug.xctest' started at 2026-01-02 03:04:05.678",
      "Test Case 'CartTests.testA' started at 2026-01-02 03:04:05.678",
      '/w/CartTests.swift:7: error: CartTests.testA : XCTAssertTrue failed - no',
      "Test Case 'CartTests.testA' failed (0.01 seconds)",
    )
    expect(endings(text)).toEqual(['CartTests/testA failed'])
    expect(summaryOf(text).errors).toBe(0)
  })

  it('finds results behind a print without a line break', () => {
    const text = run(
      started('AppTests.CartTests testA'),
      `printed without end${ended('AppTests.CartTests testA', 'passed')}`,
      `more${started('AppTests.CartTests testB')}`,
      ended('AppTests.CartTests testB', 'failed'),
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testA passed', 'AppTests/CartTests/testB failed'])
  })

  it('takes what a test prints for data', () => {
    const text = run(
      started('AppTests.CartTests testA'),
      '/w/A.swift:1:1: error: not a compiler',
      'error: not a tool',
      "Test Case '-[AppTests.CartTests testOther]' failed (0.001 seconds).",
      '** TEST FAILED **',
      "CompileC /d/a.o (in target 'App' from project 'P')",
      ended('AppTests.CartTests testA', 'passed'),
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testA passed'])
    const summary = summaryOf(`${text}** TEST SUCCEEDED **\n`)
    expect(summary).toMatchObject({errors: 0, verdicts: ['** TEST SUCCEEDED **'], tests: {passed: 1, failed: 0}})
    expect(only(eventsOf(text), 'warning').map(({code}) => code)).toEqual(['verdict_in_test_output'])
  })

  it('does not believe a success that a running test may have printed, nor lose a failure', () => {
    const open = log(suite('All tests'), started('AppTests.CartTests testA'))
    expect(summaryOf(`${open}** TEST SUCCEEDED **\n`)).toMatchObject({verdicts: [], tests: {unfinished: 1}})
    expect(summaryOf(`${open}** TEST FAILED **\n`)).toMatchObject({verdicts: ['** TEST FAILED **'], tests: {crashed: 1}})
  })

  it('believes a verdict after a suite whose test lost its last line', () => {
    const text = run(started('AppTests.CartTests testA'), "Test Case '-[AppTests.CartTests testA]' pas", 'sed (0.012 seconds).')
    expect(summaryOf(`${text}** TEST SUCCEEDED **\n`)).toMatchObject({
      verdicts: ['** TEST SUCCEEDED **'],
      tests: {unfinished: 1, failed: 0},
    })
  })

  it('says which tests a cut log leaves open', () => {
    const text = run(started('AppTests.CartTests testA'))
    expect(only(eventsOf(text), 'warning').map(({code, data}) => [code, data])).toEqual([
      ['test_unfinished', {test: 'AppTests/CartTests/testA'}],
    ])
  })

  it('reads UI tests: the activity log fails a test that no other line explains', () => {
    const text = run(
      started('AppUITests.LoginTests testLogin'),
      '    t =     0.00s Start Test at 2026-01-02 03:04:05.678',
      '    t =     2.31s Assertion Failure: LoginTests.swift:12: No matches found',
      ended('AppUITests.LoginTests testLogin', 'failed'),
    )
    expect(only(eventsOf(text), 'test_case_failed')[0]?.failures).toEqual([
      {message: 'No matches found', file: 'LoginTests.swift', line: 12, column: null, details: []},
    ])
  })

  it('reads performance measurements as no result of their own', () => {
    const text = run(
      started('AppTests.CartTests testSpeed'),
      "/w/CartTests.swift:35: Test Case '-[AppTests.CartTests testSpeed]' measured [Time, seconds] average: 0.000, relative standard deviation: 1%",
      ended('AppTests.CartTests testSpeed', 'passed'),
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testSpeed passed'])
  })
})

describe('parallel XCTest', () => {
  it('reads results that come after the verdict, with their device', () => {
    const text = log(
      'Failing tests:',
      '\tCartTests.testB()',
      '',
      '** TEST FAILED **',
      '',
      'Testing started',
      "Test suite 'CartTests' started on 'Clone 1 of iPhone 16 - App (123)'",
      "Test case 'CartTests.testA()' passed on 'Clone 1 of iPhone 16 - App (123)' (0.001 seconds)",
      "Test case 'CartTests.testB()' failed on 'Clone 1 of iPhone 16 - App (123)' (0.002 seconds)",
      "Test case 'CartTests.testC()' skipped on 'Clone 1 of iPhone 16 - App (123)' (0.002 seconds)",
    )
    expect(endings(text)).toEqual(['CartTests/testA passed', 'CartTests/testB failed', 'CartTests/testC skipped'])
    expect(summaryOf(text)).toMatchObject({
      phases: [{phase: 'test', outcome: 'failed'}],
      tests: {failed_tests: [{name: 'CartTests.testB()', device: 'Clone 1 of iPhone 16 - App (123)'}]},
    })
  })

  it('takes the target of a UI test from its runner', () => {
    const text = "Test case 'LoginTests.testLogin()' passed on 'Clone 2 of iPhone 17 - AppUITests-Runner (97123)' (6.270 seconds)\n"
    expect(endings(text)).toEqual(['AppUITests/LoginTests/testLogin passed'])
  })

  it('takes the target from the build where only one has unit tests', () => {
    const built = (target: string, product: string): string =>
      `Ld /d/Debug/App.app/PlugIns/${product}.xctest/${product} normal (in target '${target}' from project 'P')`
    const ui = "Ld /d/Debug/U-Runner.app/PlugIns/U.xctest/U normal (in target 'AppUITests' from project 'P')"
    const line = "Test case 'CartTests.testA()' passed on 'Clone 1 of iPhone 16 - App (1)' (0.001 seconds)"
    const runner = "Test case 'LoginTests.testB()' passed on 'Clone 1 of iPhone 16 - U-Runner (1)' (0.001 seconds)"
    const graph = (name: string): string => `    Target '${name}' in project 'P' (no dependencies)`
    expect(endings(log(graph('App'), graph('AppUITests'), built('App Tests', 'Product'), ui, line, runner))).toEqual([
      'App Tests/CartTests/testA passed',
      'AppUITests/LoginTests/testB passed',
    ])
    expect(endings(log(graph('OtherTests'), built('AppTests', 'AppTests'), line))).toEqual(['CartTests/testA passed'])
    const serial = log(
      built('App Tests', 'My\\ Product'),
      suite('My Product.xctest'),
      started('Mod.CartTests testA'),
      ended('Mod.CartTests testA', 'passed'),
    )
    expect(endings(serial)).toEqual(['App Tests/CartTests/testA passed'])
  })

  it('counts a test that passed on another try as retried when the run succeeded', () => {
    const text = log(
      "Test case 'CartTests.testA()' failed on 'Clone 1 of iPhone 16 - App (1)' (0.001 seconds)",
      "Test case 'CartTests.testA()' passed on 'Clone 1 of iPhone 16 - App (1)' (0.001 seconds)",
      '** TEST SUCCEEDED **',
    )
    expect(summaryOf(text).tests).toMatchObject({passed: 1, failed: 0, retried: 1})
  })

  it('counts a test that fails on one of two destinations as failed', () => {
    const text = log(
      "Test case 'CartTests.testA()' failed on 'iPhone 16 - App (1)' (0.001 seconds)",
      "Test case 'CartTests.testA()' passed on 'iPad - App (2)' (0.001 seconds)",
      '** TEST FAILED **',
    )
    expect(summaryOf(text).tests).toMatchObject({passed: 1, failed: 1, retried: 0})
  })
})

describe('crashes', () => {
  const test = 'AppTests.CartTests testCrash'

  it.each([
    'Restarting after unexpected exit, crash, or test timeout in CartTests.testCrash(); summary will include totals from previous launches.',
    'Restarting after unexpected exit or crash in CartTests/testCrash(); summary will include totals from previous launches.',
    'Restarting after unexpected exit, crash, or test timeout in -[CartTests testCrash]; summary will include totals from previous launches.',
    'Restarting after unexpected exit, crash, or test timeout; summary will include totals from previous launches.',
  ])('reads: %s', (restart) => {
    const text = log(
      suite('All tests'),
      suite('AppTests.xctest'),
      started(test),
      'AppTests/CartTests.swift:12: Fatal error: Unexpectedly found nil',
      '2026-01-02 03:04:05.678901+0100 App[1:2] AppTests/CartTests.swift:12: Fatal error: Unexpectedly found nil',
      '',
      restart,
      '',
      suite('Selected tests'),
      suite('AppTests.xctest'),
      started('AppTests.CartTests testNext'),
      ended('AppTests.CartTests testNext', 'passed'),
      '** TEST FAILED **',
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testCrash crashed', 'AppTests/CartTests/testNext passed'])
    const summary = summaryOf(text)
    expect(summary).toMatchObject({restarts: 1, errors: 0, tests: {failed: 1, crashed: 1, unfinished: 0}})
    expect(summary.tests.failed_tests[0]?.failures).toEqual([
      {message: 'Fatal error: Unexpectedly found nil', file: 'AppTests/CartTests.swift', line: 12, column: null, details: []},
    ])
  })

  it('knows a crash by the list when the runner was not started again', () => {
    const text = log(
      suite('All tests'),
      started(test),
      'fatal error: index out of range',
      'Test session results and logs:',
      '\t/d/Test.xcresult',
      'Failing tests:',
      '\tCartTests.testCrash()',
      '** TEST FAILED **',
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testCrash crashed'])
    expect(summaryOf(text)).toMatchObject({errors: 0, tests: {crashed: 1}})
  })

  it('knows a crash under swift test, which starts nothing again', () => {
    const text = log(suite('All tests'), started(test), 'A.swift:3: Fatal error: boom', 'error: Exited with unexpected signal code 5')
    expect(endings(text)).toEqual(['AppTests/CartTests/testCrash crashed'])
    expect(summaryOf(text)).toMatchObject({errors: 1, diagnostics: [{category: 'runtime'}], tests: {crashed: 1, unfinished: 0}})
  })

  it('knows a time-out', () => {
    const text = log(
      suite('All tests'),
      started(test),
      "Test Case '-[AppTests.CartTests testCrash]' exceeded execution time allowance of 1 minute. The test may have hung.",
      'Restarting after unexpected exit, crash, or test timeout; summary will include totals from previous launches.',
    )
    expect(summaryOf(text).tests.failed_tests[0]).toMatchObject({timed_out: true, id: 'AppTests/CartTests/testCrash'})
  })

  it.each([
    ['\tCartTests.testCrash() encountered an error (Crash: App (12): boom)', ['AppTests/CartTests/testCrash crashed']],
    [
      '\tRun test suite CartTests encountered an error (Exceeded max restart count of 2. (Underlying Error: Crash: App (12) CartTests.testCrash()))',
      ['AppTests/CartTests/testCrash crashed'],
    ],
    [
      '\tApp (12) encountered an error (Early unexpected exit. (Underlying Error: Crash: App at -[XCTContext run:]))',
      ['AppTests/CartTests/testCrash crashed'],
    ],
  ])('takes the crash from: %s', (reason, expected) => {
    const text = log(
      suite('All tests'),
      started(test),
      'Test session results and logs:',
      '\t/d/Test.xcresult',
      'Testing failed:',
      reason,
      '',
      '** TEST FAILED **',
    )
    expect(endings(text)).toEqual(expected)
    expect(summaryOf(text).unmarked_failures).toEqual([reason.trim()])
  })

  it('takes no frame of the program for a test', () => {
    const text = log(
      'Testing failed:',
      '\tRun test suite BoardTests encountered an error (Early unexpected exit. (Underlying Error: Crash: App (12) Board.columns.getter))',
      '** TEST FAILED **',
    )
    expect(endings(text)).toEqual([])
    expect(summaryOf(text).tests.failed).toBe(0)
  })

  it('believes the list when no line tells how a test ended', () => {
    const text = log('Failing tests:', '\tCartTests.testLost()', '\t-[OtherTests testOld]', '', '** TEST FAILED **')
    expect(summaryOf(text).tests.failed_tests.map(({id, name}) => [id, name])).toEqual([
      ['CartTests/testLost', 'CartTests.testLost()'],
      ['OtherTests/testOld', '-[OtherTests testOld]'],
    ])
  })

  it('reads a list that is grouped by target', () => {
    const text = log('Failing tests:', '\tAppTests:', '\t\tCartTests.testLost()', '', '** TEST FAILED **')
    expect(summaryOf(text).tests.failed).toBe(1)
  })
})

describe('tests that end otherwise', () => {
  const STARTED = "Test Case '-[AppTests.CartTests testA]' started."
  const AGAIN =
    'Restarting after unexpected exit, crash, or test timeout in CartTests.testA(); summary will include totals from previous launches.'

  it('calls a test crashed that Xcode says failed before it restarts the runner', () => {
    const text = log(
      STARTED,
      'CartTests/CartTests.swift:12: Fatal error: no items',
      '<unknown>:0: error: -[AppTests.CartTests testA] : Crash: App (12): testA()',
      "Test Case '-[AppTests.CartTests testA]' failed (0.05 seconds).",
      AGAIN,
      '** TEST FAILED **',
    )
    expect(summaryOf(text).tests).toMatchObject({failed: 1, crashed: 1})
    expect(summaryOf(text).tests.failed_tests[0]?.failures).toMatchObject([{file: null}, {file: 'CartTests/CartTests.swift', line: 12}])
  })

  it('does not call a test crashed whose time was up', () => {
    const text = log(
      STARTED,
      '/w/CartTests.swift:1: error: -[AppTests.CartTests testA] : Test exceeded execution time allowance of 1 minute',
      AGAIN,
      '** TEST FAILED **',
    )
    expect(summaryOf(text).tests).toMatchObject({failed: 1, crashed: 0, failed_tests: [{timed_out: true, failures: [{line: 1}]}]})
    expect(summaryOf(text).tests.failed_tests[0]?.failures).toHaveLength(1)
  })

  it('finds the path behind what a test printed without a line break', () => {
    const text = log(
      STARTED,
      'loading… /w/CartTests.swift:9: error: -[AppTests.CartTests testA] : XCTAssertTrue failed',
      "Test Case '-[AppTests.CartTests testA]' failed (0.05 seconds).",
    )
    expect(summaryOf(text).tests.failed_tests[0]?.failures).toMatchObject([{file: '/w/CartTests.swift', line: 9}])
  })

  it('reads lists that are grouped by target, indented or not', () => {
    for (const list of [
      ['Failing tests:', 'AppTests:', '\tCartTests.testA()', '\t-[CartTests testB]'],
      ['Failing tests:', '\tAppTests:', '\t\tCartTests.testA()', '\t\t-[CartTests testB]'],
    ])
      expect(summaryOf(log(...list, '', '** TEST FAILED **')).tests.failed_tests.map(({test}) => test.id)).toEqual([
        'CartTests/testA',
        'CartTests/testB',
      ])
  })
})

it('keeps why a failure was expected beside it', () => {
  const text = log(
    "Test Case '-[AppTests.CartTests testA]' started.",
    '/w/CartTests.swift:9: Expected failure in -[AppTests.CartTests testA]: XCTAssertTrue failedReason: (known since 2.1)',
    "Test Case '-[AppTests.CartTests testA]' passed (0.05 seconds).",
  )
  expect(only(eventsOf(text), 'test_case_passed')[0]?.expected_failures).toMatchObject([
    {file: '/w/CartTests.swift', line: 9, message: 'XCTAssertTrue failed', details: ['Reason: known since 2.1']},
  ])
})

describe('failures whose test has no last line', () => {
  it('are failures of a test that was cut off, and of a class that could not be set up', () => {
    const cut = log("Test Case '-[AppTests.CartTests testA]' started.", '/w/A.swift:3: error: -[AppTests.CartTests testA] : no')
    const setUp = log("Test Suite 'CartTests' started at 2026-01-02 03:04:05.678.", '/w/A.swift:3: error: +[AppTests.CartTests setUp] : no')
    expect(endings(cut)).toEqual(['AppTests/CartTests/testA failed'])
    expect(endings(setUp)).toEqual(['AppTests/CartTests/setUp failed'])
    expect(summaryOf(setUp).tests.failed_tests).toMatchObject([{failures: [{file: '/w/A.swift', line: 3, message: 'no'}]}])
  })

  it('are what a running test printed when they name another test', () => {
    const text = log(
      "Test Case '-[AppTests.CartTests testA]' started.",
      '/w/A.swift:3: error: -[AppTests.CartTests testB] : printed',
      "Test Case '-[AppTests.CartTests testA]' passed (0.001 seconds).",
    )
    expect(endings(text)).toEqual(['AppTests/CartTests/testA passed'])
  })
})
