import type {
  DiagnosticEvent,
  FailedCommand,
  FailedTest,
  InterpreterEvent,
  LogSummary,
  PhaseCompletedEvent,
  SuiteTotals,
  SummaryDiagnostic,
} from '@rch/contract/events'
import {isOutermostSuite} from './grammar/xctest.ts'
import {judgeRun, type RunResults} from './judge-run.ts'

type Packages = LogSummary['packages']
type Mutable<T> = {-readonly [K in keyof T]: T[K]}

const SLOWEST = 10
const MAX_DETAILS = 48

/** Counts a log's events: pure, and the one source of every number that a report shows. */
export function summarize(events: Iterable<InterpreterEvent>): LogSummary {
  const summarizer = createSummarizer()
  for (const event of events) summarizer.add(event)
  return summarizer.summary()
}

/** The same as `summarize`, one event at a time, so that nobody has to keep the events. */
export function createSummarizer(): {add(event: InterpreterEvent): void; summary(): LogSummary} {
  const diagnostics = new Map<string, Mutable<SummaryDiagnostic> & {targets: string[]}>()
  const lines = {error: 0, warning: 0, note: 0}
  const phases: Mutable<LogSummary['phases'][number]>[] = []
  const verdicts: string[] = []
  const commands: FailedCommand[] = []
  const verbs = new Set<string>()
  const unmarked: string[] = []
  const passedIds = new Set<string>()
  const slowest: {id: string; seconds: number}[] = []
  const counts = {passed: 0, skipped: 0, expected: 0, restarts: 0, unfinished: 0}
  const judged = {failed: new Map<string, FailedTest>(), retried: new Map<string, FailedTest>()}
  let run = emptyRun()
  let executed: SuiteTotals | null = null
  let depth: string[] = []
  let packages: Packages = []
  let resolution: LogSummary['package_resolution'] = 'none'

  const closeRun = (): void => {
    const {failed, retried} = judgeRun(run)
    run = emptyRun()
    for (const test of failed) judged.failed.set(test.id, mergeFailed(judged.failed.get(test.id), test))
    for (const test of retried) judged.retried.set(test.id, test)
  }

  const result = (id: string, iteration: number, seconds: number | null, passed: boolean): void => {
    const results = run.passes.get(id)
    run.passes.set(id, {
      passed: (results?.passed ?? 0) + (passed ? 1 : 0),
      last: passed,
      iteration: Math.max(results?.iteration ?? 1, iteration),
    })
    if (seconds === null) return
    if (slowest.length === SLOWEST && seconds <= (slowest.at(-1)?.seconds ?? 0)) return
    slowest.push({id, seconds})
    slowest.sort((one, other) => other.seconds - one.seconds)
    slowest.length = Math.min(slowest.length, SLOWEST)
  }

  const completed = (event: PhaseCompletedEvent): void => {
    const started = phases.findLast(({phase, outcome}) => phase === event.phase && outcome === 'unknown')
    if (started === undefined) phases.push({phase: event.phase, outcome: event.outcome, seconds: event.seconds})
    else Object.assign(started, {outcome: event.outcome, seconds: event.seconds})
    if (event.verdict !== null) verdicts.push(event.verdict)
    for (const command of event.failed_commands) {
      commands.push(command)
      if (!isScheme(command)) verbs.add(command.command)
    }
    if (event.phase === 'test') run.end = event
  }

  const warned = (code: string, message: string, data: Readonly<Record<string, unknown>>): void => {
    const {printed, test, command} = data
    if (code === 'test_runner_restarted') {
      counts.restarts += 1
      if (typeof printed === 'string') run.crashed.push(printed)
    } else if (code === 'unmarked_failure') {
      unmarked.push(message)
      if (typeof test === 'string') run.crashed.push(test)
    } else if (code === 'test_unfinished') counts.unfinished += 1
    else if (code === 'command_failed' && typeof command === 'string') verbs.add(command)
  }

  return {
    add(event) {
      switch (event.type) {
        case 'diagnostic':
          lines[event.severity] += 1
          addDiagnostic(diagnostics, event)
          break
        case 'phase_started':
          if (run.end !== null && (event.phase === 'test' || event.phase === 'build')) closeRun()
          phases.push({phase: event.phase, outcome: 'unknown', seconds: null})
          break
        case 'phase_completed':
          completed(event)
          break
        case 'test_suite_started':
          if (event.device !== null) break
          if (isOutermostSuite(event.suite)) depth = []
          depth.push(event.suite)
          break
        case 'test_suite_completed': {
          const at = depth.lastIndexOf(event.suite)
          if (at === 0 && event.totals !== null) executed = addTotals(executed, event.totals)
          if (at !== -1) depth.length = at
          break
        }
        case 'test_case_passed':
          counts.passed += 1
          passedIds.add(event.test.id)
          if (event.expected_failures.length > 0) counts.expected += 1
          result(event.test.id, event.iteration, event.seconds, true)
          break
        case 'test_case_failed':
          run.failures.push(event)
          result(event.test.id, event.iteration, event.seconds, false)
          break
        case 'test_case_skipped':
          counts.skipped += 1
          break
        case 'package_resolution':
          resolution = event.state
          if (event.packages.length > 0) packages = event.packages
          break
        case 'warning':
          warned(event.code, event.message, event.data)
          break
        case 'target_started':
        case 'target_completed':
        case 'test_case_started':
        case 'progress':
          break
      }
    },
    summary() {
      closeRun()
      const list = [...diagnostics.values()]
      const failed = [...judged.failed.values()]
      const errors = list.filter(({severity}) => severity === 'error')
      return {
        errors: errors.length,
        warnings: list.filter(({severity}) => severity === 'warning').length,
        error_lines: lines.error,
        warning_lines: lines.warning,
        error_messages: errors.map(({text}) => text),
        diagnostics: list,
        tests: {
          passed: counts.passed,
          passed_distinct: passedIds.size,
          failed: failed.length,
          skipped: counts.skipped,
          crashed: failed.filter(({crashed}) => crashed).length,
          expected_failures: counts.expected,
          retried: judged.retried.size,
          unfinished: counts.unfinished,
          failed_tests: failed,
          retried_tests: [...judged.retried.values()],
          slowest,
        },
        verdicts,
        phases,
        restarts: counts.restarts,
        failed_commands: commands.length,
        failed_command_list: commands,
        command_failures: [...verbs],
        executed,
        unmarked_failures: unmarked,
        packages,
        package_resolution: resolution,
      }
    },
  }
}

function emptyRun(): RunResults {
  return {failures: [], passes: new Map(), end: null, crashed: []}
}

function addDiagnostic(known: Map<string, Mutable<SummaryDiagnostic> & {targets: string[]}>, event: DiagnosticEvent): void {
  const found = known.get(event.text)
  if (found === undefined) {
    const {type: _type, target, ...rest} = event
    known.set(event.text, {...rest, count: 1, targets: target === null ? [] : [target]})
    return
  }
  found.count += 1
  if (event.target !== null && !found.targets.includes(event.target)) found.targets.push(event.target)
  if (found.details.length === 0) found.details = event.details
  // Every failed link ends with the same sentence; what differs is why.
  else if (event.category === 'linker' && found.details.length < MAX_DETAILS)
    found.details = [...found.details, ...event.details.filter((line) => !found.details.includes(line))].slice(0, MAX_DETAILS)
}

function addTotals(sum: SuiteTotals | null, totals: SuiteTotals): SuiteTotals {
  return {
    executed: (sum?.executed ?? 0) + totals.executed,
    failures: (sum?.failures ?? 0) + totals.failures,
    unexpected: (sum?.unexpected ?? 0) + totals.unexpected,
    skipped: (sum?.skipped ?? 0) + totals.skipped,
  }
}

function mergeFailed(known: FailedTest | undefined, test: FailedTest): FailedTest {
  if (known === undefined) return test
  return {
    ...known,
    failures: [...known.failures, ...test.failures],
    crashed: known.crashed || test.crashed,
    timed_out: known.timed_out || test.timed_out,
  }
}

/** "Building project X with scheme Y": the build as a whole, not a command. */
function isScheme({text}: FailedCommand): boolean {
  return /^(?:Building|Archiving|Testing|Analyzing|Cleaning|Installing) (?:project|workspace|package|scheme) /.test(text)
}
