import type {FailedTest, FailurePlace, InterpreterEvent, LogSummary, TestCase} from '@rch/contract/events'
import {countTests} from './count-tests.ts'
import {deviceName} from './device-name.ts'
import type {BuildFindings, Findings, TestFindings, TestOutcome, TestRow} from './findings.ts'

interface Open {
  readonly first: TestCase
  readonly results: {
    iteration: number
    outcome: TestOutcome
    seconds: number | null
    failures: readonly FailurePlace[]
    reason: string | null
  }[]
  crashed: boolean
  timedOut: boolean
}

/** Rows beyond this are counted, not kept, unless they failed. */
const MAX_ROWS = 100_000
/** Whoever repeats a test until it fails wants the failure, not a million passes. */
const MAX_REPETITIONS = 1000
const MAX_TARGETS = 10_000

/**
 * Gathers from a log's events what the summary does not keep, and puts both together. Memory grows with the number of tests, never with
 * the log.
 */
export function createFindingsCollector(): {add(event: InterpreterEvent): void; findings(summary: LogSummary): Findings} {
  const tests = new Map<string, Open>()
  const targets = new Map<string, {readonly target: string; readonly project: string | null}>()
  const unfinished = new Set<string>()
  const uncounted: Record<TestOutcome, number> = {passed: 0, failed: 0, skipped: 0, expected_failure: 0, unknown: 0}
  let suiteSeconds: number | null = null

  const result = (
    event: TestCase & {readonly seconds: number | null},
    outcome: TestOutcome,
    failures: readonly FailurePlace[],
    reason: string | null,
  ): Open | null => {
    const key = `${event.test.id}\0${deviceName(event.device) ?? ''}`
    let open = tests.get(key)
    if (open === undefined) {
      if (tests.size >= MAX_ROWS && outcome !== 'failed') {
        uncounted[outcome] += 1
        return null
      }
      open = {first: event, results: [], crashed: false, timedOut: false}
      tests.set(key, open)
    }
    if (open.results.length < MAX_REPETITIONS || outcome === 'failed')
      open.results.push({iteration: event.iteration, outcome, seconds: event.seconds, failures, reason})
    return open
  }

  return {
    add(event) {
      switch (event.type) {
        case 'target_started':
          if (targets.size < MAX_TARGETS)
            targets.set(`${event.project ?? ''}\0${event.target}`, {target: event.target, project: event.project})
          break
        case 'test_case_started': {
          const key = `${event.test.id}\0${deviceName(event.device) ?? ''}`
          if (!tests.has(key) && tests.size < MAX_ROWS) tests.set(key, {first: event, results: [], crashed: false, timedOut: false})
          break
        }
        case 'test_case_passed':
          result(event, event.expected_failures.length > 0 ? 'expected_failure' : 'passed', event.expected_failures, null)
          break
        case 'test_case_failed': {
          const open = result(event, 'failed', event.failures, null)
          if (open !== null) {
            open.crashed ||= event.crashed
            open.timedOut ||= event.timed_out
          }
          break
        }
        case 'test_case_skipped':
          result(event, 'skipped', [], event.reason)
          break
        case 'test_suite_completed':
          if (event.seconds !== null && /^(?:All|Selected) tests$/.test(event.suite)) suiteSeconds = (suiteSeconds ?? 0) + event.seconds
          break
        case 'warning':
          if (event.code === 'test_unfinished' && typeof event.data['test'] === 'string') unfinished.add(event.data['test'])
          break
        default:
          break
      }
    },
    findings(summary) {
      const build = buildFindings(summary, [...targets.values()])
      const rows = testRows(tests, unfinished, summary)
      return {build, tests: testFindings(rows, uncounted, summary, suiteSeconds)}
    },
  }
}

function buildFindings(summary: LogSummary, targets: BuildFindings['targets']): BuildFindings {
  return {
    outcome: buildOutcome(summary),
    source: 'log',
    errors: summary.errors,
    warnings: summary.warnings,
    notes: summary.diagnostics.filter(({severity}) => severity === 'note').length,
    diagnostics: summary.diagnostics.map(({text: _text, ...diagnostic}) => diagnostic),
    truncated: false,
    unmarked_failures: summary.unmarked_failures,
    failed_commands: summary.failed_command_list,
    targets,
    phases: summary.phases,
    packages: summary.packages,
    differences: [],
  }
}

const BUILDING: ReadonlySet<string> = new Set(['build', 'archive', 'analyze', 'install', 'clean', 'export', 'resolve_packages'])

function buildOutcome({phases, errors, package_resolution, failed_command_list, command_failures}: LogSummary): BuildFindings['outcome'] {
  const built = phases.filter(({phase}) => BUILDING.has(phase))
  if (package_resolution === 'failed') return 'failed'
  const last = built.findLast(({phase}) => phase !== 'resolve_packages')
  if (last !== undefined && last.outcome !== 'unknown') return last.outcome
  if (failed_command_list.length > 0 || command_failures.length > 0) return 'failed'
  if (phases.some(({phase}) => phase === 'test')) return last === undefined ? 'not_run' : 'succeeded'
  if (errors > 0) return 'failed'
  return built.length > 0 ? 'unknown' : 'not_run'
}

function testRows(tests: ReadonlyMap<string, Open>, unfinished: ReadonlySet<string>, summary: LogSummary): TestRow[] {
  const failed = new Map(summary.tests.failed_tests.map((test) => [test.test.id, test]))
  const rows: TestRow[] = []
  const seen = new Set<string>()
  for (const open of tests.values()) {
    const {first, results} = open
    const {id} = first.test
    if (results.length === 0 && !unfinished.has(id) && !failed.has(id)) continue
    const judged = failed.get(id)
    seen.add(id)
    rows.push(rowOf(open, judged))
  }
  // A crash in a list at the end of the log may be all there is of a test.
  for (const [id, judged] of failed)
    if (!seen.has(id)) rows.push(rowOf({first: judged, results: [], crashed: judged.crashed, timedOut: judged.timed_out}, judged))
  return rows
}

function rowOf({first, results, crashed, timedOut}: Open, judged: FailedTest | undefined): TestRow {
  const last = results.at(-1)
  const hasFailed = results.some(({outcome}) => outcome === 'failed')
  const outcome =
    judged !== undefined && (hasFailed || results.length === 0)
      ? 'failed'
      : last === undefined
        ? 'unknown'
        : last.outcome === 'failed' && judged === undefined
          ? (results.findLast((one) => one.outcome !== 'failed')?.outcome ?? 'failed')
          : last.outcome
  const times = results.flatMap(({seconds}) => (seconds === null ? [] : [seconds]))
  const shown = results.filter((one) => one.outcome === outcome)
  return {
    test: judged === undefined ? first.test : {...first.test, id: judged.id},
    arguments: null,
    device: deviceName(first.device),
    configuration: null,
    outcome,
    seconds: times.length === 0 ? null : times.reduce((sum, one) => sum + one, 0),
    failures: results.length === 0 ? (judged?.failures ?? []) : distinct(shown.flatMap(({failures}) => failures)),
    reason: shown.find(({reason}) => reason !== null)?.reason ?? null,
    crashed: crashed || (outcome === 'failed' && (judged?.crashed ?? false)),
    timed_out: timedOut || (outcome === 'failed' && (judged?.timed_out ?? false)),
    tags: [],
    repetitions:
      results.length < 2
        ? []
        : results.map(({iteration, outcome, seconds, failures}, index) => ({
            iteration: Math.max(iteration, index + 1),
            outcome,
            seconds,
            failures: [...failures],
          })),
  }
}

function testFindings(
  rows: readonly TestRow[],
  uncounted: Readonly<Record<TestOutcome, number>>,
  summary: LogSummary,
  seconds: number | null,
): TestFindings | null {
  const ran = summary.phases.some(({phase}) => phase === 'test')
  if (!ran && rows.length === 0) return null
  const counts = countTests(rows)
  const more = Object.values(uncounted).reduce((sum, one) => sum + one, 0)
  return {
    outcome: testOutcome(summary, rows),
    source: 'log',
    total: counts.total + more,
    passed: counts.passed + uncounted.passed,
    failed: counts.failed,
    skipped: counts.skipped + uncounted.skipped,
    expected_failures: counts.expected_failures + uncounted.expected_failure,
    crashed: counts.crashed,
    retried: counts.retried,
    restarts: summary.restarts,
    started_at: null,
    seconds: seconds ?? summary.phases.findLast(({phase}) => phase === 'test')?.seconds ?? null,
    devices: [...new Set(rows.flatMap(({device}) => (device === null ? [] : [device])))].map((name) => ({
      name,
      platform: null,
      os_version: null,
      architecture: null,
    })),
    tests: rows,
    truncated: more > 0,
    differences: [],
  }
}

function testOutcome({phases, tests}: LogSummary, rows: readonly TestRow[]): TestFindings['outcome'] {
  const ended = phases.findLast(({phase}) => phase === 'test')?.outcome
  if (ended === 'interrupted') return 'interrupted'
  if (tests.failed > 0 || ended === 'failed') return rows.length === 0 ? 'not_run' : 'failed'
  if (ended === 'succeeded') return 'passed'
  return rows.length === 0 ? 'not_run' : 'unknown'
}

function distinct(failures: readonly FailurePlace[]): FailurePlace[] {
  const seen = new Set<string>()
  return failures.filter((failure) => {
    const key = `${failure.file ?? ''}:${failure.line ?? ''}:${failure.message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
