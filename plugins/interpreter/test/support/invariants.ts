import type {InterpreterEvent, LogSummary} from '@rch/contract/events'
import {expect} from 'vitest'

/** What holds for the events of any bytes at all. */
export function expectInvariants(events: readonly InterpreterEvent[], summary: LogSummary): void {
  const open = new Map<string, number>()
  const phases = new Set<string>()
  let results = 0
  for (const event of events) {
    switch (event.type) {
      case 'test_case_started':
        open.set(event.test.id, (open.get(event.test.id) ?? 0) + 1)
        break
      case 'test_case_passed':
      case 'test_case_failed':
      case 'test_case_skipped': {
        results += 1
        const started = open.get(event.test.id) ?? 0
        if (!event.orphan && started < 1) throw new Error(`${event.test.id} ended without a start and is no orphan`)
        if (!event.orphan) open.set(event.test.id, started - 1)
        if (event.seconds !== null && !(event.seconds >= 0)) throw new Error(`${event.test.id} took ${event.seconds} s`)
        if (event.iteration < 1) throw new Error(`${event.test.id} has iteration ${event.iteration}`)
        break
      }
      case 'diagnostic':
        if (event.line !== null && event.line < 1) throw new Error(`line ${event.line} in: ${event.text}`)
        break
      case 'phase_started':
        phases.add(event.phase)
        break
      case 'phase_completed':
        if (!phases.has(event.phase)) throw new Error(`${event.phase} ended without a start`)
        break
      default:
        break
    }
  }
  const {tests} = summary
  expect(summary.errors).toBeLessThanOrEqual(summary.error_lines)
  expect(summary.warnings).toBeLessThanOrEqual(summary.warning_lines)
  expect(tests.passed_distinct).toBeLessThanOrEqual(tests.passed)
  expect(tests.crashed).toBeLessThanOrEqual(tests.failed)
  expect(tests.expected_failures).toBeLessThanOrEqual(tests.passed)
  expect(tests.failed).toBe(tests.failed_tests.length)
  expect(tests.passed + tests.skipped + tests.failed).toBeLessThanOrEqual(results)
  expect(summary.error_messages).toHaveLength(summary.errors)
}
