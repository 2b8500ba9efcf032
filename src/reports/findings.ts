import type {Document} from '@rch/contract/documents'
import type {FailurePlace, TestIdentity} from '@rch/contract/events'

type Header = 'schema_id' | 'schema_version' | 'kind' | 'lane_version' | 'created_at' | 'run_id' | 'attempt' | 'job_id' | 'job_key'

/** The body of `build_summary.json`. */
export type BuildFindings = Omit<Document<'build_summary'>, Header>
/** The body of `test_summary.json`. */
export type TestFindings = Omit<Document<'test_summary'>, Header>
export type FindingDiagnostic = BuildFindings['diagnostics'][number]
export type TestRow = TestFindings['tests'][number]
export type TestOutcome = TestRow['outcome']
export type Difference = BuildFindings['differences'][number]

/** What every report is made of: the same two bodies that a sealed set keeps, whoever they come from. */
export interface Findings {
  readonly build: BuildFindings
  /** Null when no tests were asked for. */
  readonly tests: TestFindings | null
}

/** A test that failed, with all its rows: devices, arguments and repetitions together. */
export interface FailedTestView {
  readonly test: TestIdentity
  readonly devices: readonly string[]
  readonly arguments: readonly string[]
  /** Distinct failures, in the order in which they came. */
  readonly failures: readonly FailurePlace[]
  readonly crashed: boolean
  readonly timed_out: boolean
  /** It began, and nothing says how it ended. */
  readonly unfinished: boolean
  readonly seconds: number | null
}

/** The failed tests, one entry each, in the order of the rows. */
export function failedTests(tests: TestFindings | null): readonly FailedTestView[] {
  return testsWith(tests, (row) => row.outcome === 'failed')
}

/** Tests that began and did not end: what hung when somebody ended the run, or where a log was cut. */
export function unfinishedTests(tests: TestFindings | null): readonly FailedTestView[] {
  const ended = new Set((tests?.tests ?? []).filter(({outcome}) => outcome !== 'unknown').map(({test}) => test.id))
  return testsWith(tests, (row) => row.outcome === 'unknown').filter(({test}) => !ended.has(test.id))
}

/** Failed tests, and behind them those without an end, unless the run went well without it. */
export function brokenTests(tests: TestFindings | null): readonly FailedTestView[] {
  return [...failedTests(tests), ...(tests === null || tests.outcome === 'passed' ? [] : unfinishedTests(tests))]
}

/** Tests that failed first and passed on a repetition. */
export function retriedTests(tests: TestFindings | null): readonly FailedTestView[] {
  const failed = new Set(failedTests(tests).map(({test}) => test.id))
  return testsWith(tests, (row) => row.outcome === 'passed' && row.repetitions.some(({outcome}) => outcome === 'failed')).filter(
    ({test}) => !failed.has(test.id),
  )
}

/** The first line of code that a failure names, else its first failure. */
export function firstPlace(failures: readonly FailurePlace[]): FailurePlace | undefined {
  return failures.find(({file}) => file !== null) ?? failures[0]
}

function testsWith(tests: TestFindings | null, wanted: (row: TestRow) => boolean): readonly FailedTestView[] {
  const views = new Map<
    string,
    {-readonly [K in keyof FailedTestView]: FailedTestView[K]} & {failures: FailurePlace[]; seen: Set<string>}
  >()
  for (const row of tests?.tests ?? []) {
    if (!wanted(row)) continue
    const {id} = row.test
    const view = views.get(id) ?? {
      test: row.test,
      devices: [],
      arguments: [],
      failures: [],
      crashed: false,
      timed_out: false,
      unfinished: row.outcome === 'unknown',
      seconds: null,
      seen: new Set(),
    }
    views.set(id, view)
    if (row.device !== null && !view.devices.includes(row.device)) view.devices = [...view.devices, row.device]
    if (row.arguments !== null) view.arguments = [...view.arguments, row.arguments]
    view.crashed ||= row.crashed
    view.timed_out ||= row.timed_out
    if (row.seconds !== null) view.seconds = (view.seconds ?? 0) + row.seconds
    for (const failure of [...row.failures, ...row.repetitions.flatMap(({failures}) => failures)]) {
      const key = `${failure.file ?? ''}:${failure.line ?? ''}:${failure.message}`
      if (view.seen.has(key)) continue
      view.seen.add(key)
      view.failures.push(failure)
    }
  }
  return [...views.values()].map(({seen: _seen, ...view}) => view)
}

/** What is found of a build that said nothing; by itself that it did not run. */
export const NO_BUILD_FINDINGS: BuildFindings = {
  outcome: 'not_run',
  source: 'none',
  errors: 0,
  warnings: 0,
  notes: 0,
  diagnostics: [],
  truncated: false,
  unmarked_failures: [],
  failed_commands: [],
  targets: [],
  phases: [],
  packages: [],
  differences: [],
}
