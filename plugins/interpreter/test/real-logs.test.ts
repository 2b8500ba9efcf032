import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectedLogs, realLogs, summaryOf} from './support/read-log.ts'

/** Expected values that are not met, and why. None. */
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {}

describe.skipIf(realLogs === undefined)('real logs', () => {
  const directory = realLogs ?? ''
  it.each(realLogs === undefined ? [] : [...expectedLogs(directory)])('reads $file exactly', ({file, verdict, expect: expected}) => {
    const summary = summaryOf(readFileSync(path.join(directory, file)))
    const got: Record<string, unknown> = {
      errors: summary.errors,
      warnings: summary.warnings,
      error_lines: summary.error_lines,
      warning_lines: summary.warning_lines,
      error_messages: summary.error_messages,
      passed: summary.tests.passed,
      passed_distinct: summary.tests.passed_distinct,
      skipped: summary.tests.skipped,
      failed_tests: summary.tests.failed_tests.map(({name}) => name).toSorted(),
      crashed: summary.tests.crashed,
      restarts: summary.restarts,
      failed_commands: summary.failed_commands,
      command_failures: summary.command_failures,
      verdict: summary.verdicts.join(' then '),
    }
    const wanted: Record<string, unknown> = {
      ...expected,
      failed_tests: expected.failed_tests.toSorted(),
      // One entry says in brackets that the test has no verdict.
      verdict: (verdict ?? '').replace(/ \(.*\)$/, ''),
    }
    const skipped = EXPLAINED[file] ?? []
    for (const key of Object.keys(got)) if (!(key in wanted) || skipped.includes(key)) delete got[key]
    for (const key of Object.keys(wanted)) if (!(key in got)) delete wanted[key]
    expect(got).toEqual(wanted)
  })

  it('explains at most one exception', () => {
    expect(Object.keys(EXPLAINED).length).toBeLessThanOrEqual(1)
  })
})
