import type {InterpreterEvent} from '@rch/contract/events'
import {eventsOf} from './read-log.ts'

/** Events of one type, typed. */
export function only<T extends InterpreterEvent['type']>(
  events: readonly InterpreterEvent[],
  type: T,
): Extract<InterpreterEvent, {readonly type: T}>[] {
  return events.filter((event): event is Extract<InterpreterEvent, {readonly type: T}> => event.type === type)
}

/** Tests and how they ended, `id outcome`, in order; the shortest picture of a test run. */
export function endings(log: string): string[] {
  return eventsOf(log).flatMap((event) => {
    switch (event.type) {
      case 'test_case_passed':
        return [`${event.test.id} passed${event.expected_failures.length > 0 ? ' with expected failures' : ''}`]
      case 'test_case_failed':
        return [`${event.test.id} ${event.crashed ? 'crashed' : event.timed_out ? 'timed out' : 'failed'}`]
      case 'test_case_skipped':
        return [`${event.test.id} skipped`]
      default:
        return []
    }
  })
}
