import {describe, expect, it} from 'vitest'
import type {BundleFacts} from '../../../src/worker/results/bundle/bundle-facts.ts'
import {mergeResults} from '../../../src/worker/results/merge-results.ts'
import {outcomeCounts} from '../../../src/reports/outcome-counts.ts'
import {failed, findingsOf} from '../../reports/sample-findings.ts'
import {testRow} from '../../reports/test-row.ts'

const log = findingsOf(`/w/Sources/Cart.swift:7:9: warning: variable 'a' was never used [#unused]
    let a = 1
        ^
Test Suite 'All tests' started at 2026-01-01 10:00:00.000
Test Suite 'AppTests.xctest' started at 2026-01-01 10:00:00.000
Test Suite 'CartTests' started at 2026-01-01 10:00:00.000
Test Case '-[AppTests.CartTests testFails]' started.
/w/Tests/CartTests.swift:41: error: -[AppTests.CartTests testFails] : XCTAssertEqual failed: ("1") is not equal to ("2")
Test Case '-[AppTests.CartTests testFails]' failed (0.007 seconds).
Test Case '-[AppTests.CartTests testPasses]' started.
Test Case '-[AppTests.CartTests testPasses]' passed (0.001 seconds).
Test Suite 'CartTests' failed at 2026-01-01 10:00:01.000.
	 Executed 2 tests, with 1 failure (0 unexpected) in 0.008 (0.009) seconds
** TEST FAILED **
`)

const counts = {
  result: 'failed',
  total: 2,
  passed: 1,
  failed: 1,
  skipped: 0,
  expected_failures: 0,
  started_at: null,
  seconds: 1,
  devices: [],
  failures: [],
} as const
const same: BundleFacts = {
  build: {
    outcome: 'succeeded',
    errors: 0,
    warnings: 1,
    issues: [
      {
        severity: 'warning',
        message: "Variable 'a' was never used",
        file: '/w/Sources/Cart.swift',
        line: 7,
        column: 9,
        category: 'compiler',
        target: 'App',
      },
    ],
  },
  counts,
  rows: [
    failed('AppTests/CartTests/testFails', 'XCTAssertEqual failed: ("1") is not equal to ("2")', 'CartTests.swift', 41),
    testRow('AppTests/CartTests/testPasses'),
  ],
}

describe('bundle and log', () => {
  it('make one story: the numbers of the bundle, the places and details of the log', () => {
    const {build, tests} = mergeResults(same, log, '/w')
    expect(build).toMatchObject({
      source: 'result_bundle',
      warnings: 1,
      differences: [],
      diagnostics: [{file: 'Sources/Cart.swift', line: 7, column: 9, targets: ['App'], details: ['    let a = 1', '        ^']}],
    })
    expect(tests).toMatchObject({source: 'result_bundle', total: 2, failed: 1, differences: []})
    expect(tests?.tests[0]?.failures).toMatchObject([{file: 'Tests/CartTests.swift', line: 41}])
  })

  it('that differ keep the word of the bundle, and both values', () => {
    const {build, tests} = mergeResults(
      {
        ...same,
        build: {outcome: 'succeeded', errors: 0, warnings: 0, issues: []},
        counts: {...counts, passed: 2, failed: 0, result: 'passed'},
        rows: [testRow('AppTests/CartTests/testFails'), testRow('AppTests/CartTests/testPasses')],
      },
      log,
      '/w',
    )
    expect(build.differences).toEqual([{field: 'warnings', result_bundle: 0, log: 1}])
    expect(tests).toMatchObject({outcome: 'passed', failed: 0})
    expect(tests?.differences).toEqual([
      {field: 'failed_tests', result_bundle: [], log: ['AppTests/CartTests/testFails']},
      {field: 'passed', result_bundle: 2, log: 1},
    ])
    expect(outcomeCounts({build, tests})).toMatchObject({tests_total: 2, tests_failed: 0, warnings: 0})
  })

  it('leave the log alone where the bundle says nothing', () => {
    expect(mergeResults({build: null, counts: null, rows: null}, log, '/w')).toEqual(log)
  })

  it('take the errors of the log when a failed build left none in the bundle', () => {
    const broken = findingsOf("/w/A.swift:3:1: error: no such module 'X'\n** BUILD FAILED **\n")
    const {build} = mergeResults({build: {outcome: 'failed', errors: 0, warnings: 0, issues: []}, counts: null, rows: null}, broken, '/w')
    expect(build).toMatchObject({errors: 1, outcome: 'failed', differences: [{field: 'errors', result_bundle: 0, log: 1}]})
  })

  it('agree about a crash that only the log can place', () => {
    const crashed = findingsOf(`Test Case '-[AppTests.CartTests testBoom]' started.
AppTests/Cart.swift:12: Fatal error: boom
Restarting after unexpected exit, crash, or test timeout in CartTests.testBoom(); summary will include totals from previous launches.
** TEST FAILED **
`)
    const {tests} = mergeResults(
      {
        build: null,
        counts: {...counts, total: 1, passed: 0},
        rows: [failed('AppTests/CartTests/testBoom', 'Crash: App (1) CartTests.testBoom()', null, null)],
      },
      crashed,
      '/w',
    )
    expect(tests?.tests[0]).toMatchObject({crashed: true, outcome: 'failed'})
    expect(tests?.tests[0]?.failures[0]?.message).toContain('boom')
    expect(tests).toMatchObject({crashed: 1, restarts: 1})
  })
})
