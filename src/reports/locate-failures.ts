import type {FailurePlace, InterpreterEvent} from '@rch/contract/events'
import type {Findings, TestRow} from './findings.ts'
import type {SourcePlaces} from './source-places.ts'

/** An event whose failures name their files as the source tree does. */
export function locateEvent(event: InterpreterEvent, places: SourcePlaces): InterpreterEvent {
  if (event.type === 'test_case_failed') return {...event, failures: located(event.failures, event.test.target, places)}
  if (event.type === 'test_case_passed' && event.expected_failures.length > 0)
    return {...event, expected_failures: located(event.expected_failures, event.test.target, places)}
  return event
}

/** Findings whose failures name their files as the source tree does. */
export function locateFindings(findings: Findings, places: SourcePlaces): Findings {
  const {tests} = findings
  if (tests === null) return findings
  return {...findings, tests: {...tests, tests: tests.tests.map((row) => locateRow(row, places))}}
}

function locateRow(row: TestRow, places: SourcePlaces): TestRow {
  if (row.failures.length === 0 && row.repetitions.length === 0) return row
  const {target} = row.test
  return {
    ...row,
    failures: located(row.failures, target, places),
    repetitions: row.repetitions.map((one) => ({...one, failures: located(one.failures, target, places)})),
  }
}

function located(failures: readonly FailurePlace[], target: string | null, places: SourcePlaces): readonly FailurePlace[] {
  return failures.map((failure) => (failure.file === null ? failure : {...failure, file: places(failure.file, target)}))
}
