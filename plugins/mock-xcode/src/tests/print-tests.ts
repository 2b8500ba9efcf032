import {logTime} from '../tool/clock.ts'
import type {Destination} from '../xcodebuild/destination.ts'
import type {TestIssue, TestOutcome, TestRecord, TestRun} from './test-record.ts'
import type {TestBundle} from './write-test-bundle.ts'

export interface PrintRequest {
  readonly bundle: TestBundle
  readonly destination: Destination
  readonly selected: boolean
  readonly parallel: boolean
  readonly out: (text: string) => void
}

export interface BundlePrinter {
  begin(tests: readonly TestRecord[]): void
  /** What is printed before a test runs; all there is of one that never ends. */
  start(test: TestRecord, repetition: {readonly iteration: number; readonly limit: number} | undefined): void
  end(test: TestRecord, run: TestRun): void
  close(): void
}

/** Prints the run of one bundle as its runner does: XCTest's lines, then Swift Testing's; in parallel the short lines of clones. */
export function bundleOutput(request: PrintRequest): BundlePrinter {
  return request.parallel ? parallelPrinter(request) : serialPrinter(request)
}

interface Tally {
  tests: number
  skipped: number
  failures: number
  unexpected: number
  milliseconds: number
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

function serialPrinter({bundle, selected, out}: PrintRequest): BundlePrinter {
  const total = newTally()
  let suite: {readonly name: string; readonly tally: Tally} | undefined
  let headline = selected ? 'Selected tests' : 'All tests'
  let hasXctest = false
  let swift: SwiftRun | undefined
  const closeSuite = (): void => {
    if (suite === undefined) return
    endSuite(out, suite.name, suite.tally)
    suite = undefined
  }
  const openAll = (): void => {
    for (const name of [headline, `${bundle.target}.xctest`]) out(`Test Suite '${name}' started at ${logTime(new Date())}.\n`)
  }
  const closeAll = (): void => {
    closeSuite()
    endSuite(out, `${bundle.target}.xctest`, total)
    endSuite(out, headline, total)
  }
  return {
    begin(tests) {
      hasXctest = tests.some(({framework}) => framework === 'xctest')
      if (hasXctest) openAll()
      else {
        out(`Test Suite '${headline}' started at ${logTime(new Date())}.\n`)
        endSuite(out, headline, total)
      }
      if (tests.some(({framework}) => framework === 'swift-testing'))
        swift = {started: false, suites: [], tests: 0, issues: 0, known: 0, milliseconds: 0, names: new Set()}
    },
    start(test, repetition) {
      if (test.framework === 'swift-testing') {
        if (hasXctest) {
          closeAll()
          hasXctest = false
        }
        if (swift !== undefined) startSwiftTest(out, swift, test)
        return
      }
      const name = test.suite.join('.')
      if (suite?.name !== name) {
        closeSuite()
        suite = {name, tally: newTally()}
        out(`Test Suite '${name}' started at ${logTime(new Date())}.\n`)
      }
      out(
        `Test Case '${identityOf(test)}' started${repetition === undefined ? '' : ` (Iteration ${repetition.iteration} of ${repetition.limit})`}.\n`,
      )
    },
    end(test, run) {
      if (test.framework === 'swift-testing') {
        if (swift !== undefined) endSwiftTest(out, swift, test, run)
        return
      }
      const name = test.suite.join('.')
      const identity = identityOf(test)
      for (const line of run.outcome.printed) out(`${line}\n`)
      for (const issue of run.outcome.issues) out(xctestIssue(identity, issue))
      for (const tally of suite === undefined ? [total] : [total, suite.tally]) count(tally, run)
      if (run.outcome.result === 'crashed') {
        out(
          `${run.outcome.crash ?? 'Fatal error'}\n${logTime(new Date())} ${bundle.host ?? 'xctest'}[${process.pid}:1] ${run.outcome.crash ?? 'Fatal error'}\n\nRestarting after unexpected exit, crash, or test timeout in ${name}.${test.name}; summary will include totals from previous launches.\n\n`,
        )
        headline = 'Selected tests'
        openAll()
        out(`Test Suite '${name}' started at ${logTime(new Date())}.\n`)
        return
      }
      if (run.outcome.skip !== undefined)
        out(
          `${test.file}:${run.outcome.skip.line}: ${identity} : Test skipped${run.outcome.skip.reason === '' ? '' : ` - ${run.outcome.skip.reason}`}\n`,
        )
      if (test.measures)
        out(
          `${test.file}:${test.line}: Test Case '${identity}' measured [Time, seconds] average: 0.000, relative standard deviation: 12.000%, values: [0.000012, 0.000010, 0.000011], performanceMetricID:com.apple.XCTPerformanceMetric_WallClockTime, baselineName: "", baselineAverage: , polarity: prefers smaller, maxPercentRegression: 10.000%, maxPercentRelativeStandardDeviation: 10.000%, maxRegression: 0.100, maxStandardDeviation: 0.100\n`,
        )
      const verdict = run.outcome.result === 'failed' ? 'failed' : run.outcome.result === 'skipped' ? 'skipped' : 'passed'
      out(`Test Case '${identity}' ${verdict} (${seconds(run.durationMs)} seconds).\n`)
    },
    close() {
      if (hasXctest) closeAll()
      if (swift !== undefined) endSwift(out, swift)
    },
  }
}

function identityOf({module, suite, name}: TestRecord): string {
  return `-[${module}.${suite.join('.')} ${name.replace(/\(\)$/, '')}]`
}

function xctestIssue(identity: string, {file, line, message, expected}: TestIssue): string {
  return expected === undefined
    ? `${file}:${line}: error: ${identity} : ${message}\n`
    : `${file}:${line}: Expected failure in ${identity}: ${message}Reason: (${expected})\n`
}

function newTally(): Tally {
  return {tests: 0, skipped: 0, failures: 0, unexpected: 0, milliseconds: 0}
}

function count(tally: Tally, {outcome, durationMs}: TestRun): void {
  tally.tests += 1
  tally.milliseconds += durationMs
  if (outcome.result === 'skipped') tally.skipped += 1
  const failures = outcome.issues.filter(({expected}) => expected === undefined)
  tally.failures += outcome.result === 'crashed' ? Math.max(1, failures.length) : failures.length
  tally.unexpected += failures.filter(({message}) => message.startsWith('failed: caught error')).length
}

function endSuite(out: (text: string) => void, name: string, tally: Tally): void {
  const skipped = tally.skipped === 0 ? '' : `${plural(tally.skipped, 'test')} skipped and `
  out(
    `Test Suite '${name}' ${tally.failures > 0 ? 'failed' : 'passed'} at ${logTime(new Date())}.\n\t Executed ${plural(tally.tests, 'test')}, with ${skipped}${plural(tally.failures, 'failure')} (${tally.unexpected} unexpected) in ${seconds(tally.milliseconds)} (${seconds(tally.milliseconds + 2)}) seconds\n`,
  )
}

interface SwiftRun {
  started: boolean
  /** Open suites, outermost first. */
  suites: {readonly path: string; readonly label: string; issues: number; known: number; milliseconds: number}[]
  tests: number
  issues: number
  known: number
  milliseconds: number
  readonly names: Set<string>
}

/** A test that is switched off has no beginning. */
function startSwiftTest(out: (text: string) => void, state: SwiftRun, test: TestRecord): void {
  if (!state.started) {
    state.started = true
    out(`◇ Test run started.\n↳ Testing Library Version: 1501 (mock)\n↳ Target Platform: arm64-apple-mock\n`)
  }
  openSuites(out, state, test)
  if (!isSwitchedOff(test.outcome)) out(`◇ Test ${labelOf(test)} started.\n`)
}

function endSwiftTest(out: (text: string) => void, state: SwiftRun, test: TestRecord, {outcome, durationMs}: TestRun): void {
  const label = labelOf(test)
  state.tests += 1
  state.milliseconds += durationMs
  if (outcome.skip !== undefined && isSwitchedOff(outcome)) {
    out(`➜ Test ${label} skipped${outcome.skip.reason === '' ? '.' : `: ${JSON.stringify(outcome.skip.reason)}`}\n`)
    return
  }
  for (const line of outcome.printed) out(`${line}\n`)
  let mark = ''
  for (const {labelled, count: size, outcome: own} of test.arguments) {
    const words = `${size} argument${size === 1 ? '' : 's'} ${labelled}`
    out(`${mark}◇ Passing ${words} to ${test.name}\n`)
    mark = '\u200B'
    for (const issue of own.issues) out(swiftIssue(label, issue, ` with ${words}`))
  }
  if (test.arguments.length === 0) for (const issue of outcome.issues) out(swiftIssue(label, issue, ''))
  const known = outcome.issues.filter(({expected}) => expected !== undefined).length
  const issues = outcome.issues.length
  state.issues += issues
  state.known += known
  for (const suite of state.suites) {
    suite.issues += issues
    suite.known += known
    suite.milliseconds += durationMs
  }
  if (outcome.result === 'crashed') {
    out(
      `${outcome.crash ?? 'Fatal error'}\n\nRestarting after unexpected exit, crash, or test timeout; summary will include totals from previous launches.\n\n◇ Test run started.\n`,
    )
    return
  }
  out(`${mark}${verdictLine(`Test ${label}`, durationMs, issues, known)}`)
}

function labelOf({display, name}: TestRecord): string {
  return display === undefined ? name : JSON.stringify(display)
}

function isSwitchedOff({skip, issues, result}: TestOutcome): boolean {
  return skip !== undefined && issues.length === 0 && result === 'skipped'
}

function swiftIssue(label: string, {file, line, column, message, comments, expected}: TestIssue, argumentWords: string): string {
  const place = `${file.split('/').at(-1) ?? file}:${line}:${column}`
  const head =
    expected === undefined
      ? `✘ Test ${label} recorded an issue${argumentWords} at ${place}: ${message}\n`
      : `━ Test ${label} recorded a known issue${argumentWords} at ${place}: ${message}\n`
  return `${head}${[...(expected === undefined || expected === '' ? [] : [expected]), ...comments].map((comment) => `↳ ${comment}\n`).join('')}`
}

function verdictLine(what: string, milliseconds: number, issues: number, known: number): string {
  const after = `after ${seconds(milliseconds)} seconds`
  if (issues === 0) return `✔ ${what} passed ${after}.\n`
  if (issues === known) return `━ ${what} passed ${after} with ${plural(known, 'known issue')}.\n`
  return `✘ ${what} failed ${after} with ${plural(issues, 'issue')}${known === 0 ? '' : ` (including ${plural(known, 'known issue')})`}.\n`
}

function openSuites(out: (text: string) => void, state: SwiftRun, test: TestRecord): void {
  const wanted = test.suite.map((_, index) => test.suite.slice(0, index + 1).join('/'))
  while (state.suites.length > 0 && !wanted.includes(state.suites.at(-1)?.path ?? '')) closeSuite(out, state)
  for (const [index, path] of wanted.entries()) {
    if (state.suites.some((suite) => suite.path === path)) continue
    const display = test.suiteDisplays[index] ?? null
    const label = display === null ? (test.suite[index] ?? '') : JSON.stringify(display)
    state.names.add(path)
    state.suites.push({path, label, issues: 0, known: 0, milliseconds: 0})
    out(`◇ Suite ${label} started.\n`)
  }
}

function closeSuite(out: (text: string) => void, state: SwiftRun): void {
  const suite = state.suites.pop()
  if (suite !== undefined) out(verdictLine(`Suite ${suite.label}`, suite.milliseconds, suite.issues, suite.known))
}

function endSwift(out: (text: string) => void, state: SwiftRun): void {
  while (state.suites.length > 0) closeSuite(out, state)
  if (!state.started) return
  const suites = state.names.size === 0 ? '' : ` in ${plural(state.names.size, 'suite')}`
  out(verdictLine(`Test run with ${plural(state.tests, 'test')}${suites}`, state.milliseconds, state.issues, state.known))
}

function parallelPrinter({bundle, destination, out}: PrintRequest): BundlePrinter {
  const runner = bundle.kind === 'ui-test' ? `${bundle.target}-Runner` : (bundle.host ?? 'xctest')
  const place =
    destination.platform === 'macOS' ? `My Mac - ${runner} (${process.pid})` : `Clone 1 of ${destination.name} - ${runner} (${process.pid})`
  let open: string | undefined
  return {
    begin: () => out('Testing started\n'),
    start(test) {
      const suite = test.suite.join('/')
      if (suite !== open && suite !== '') out(`Test suite '${suite}' started on '${place}'\n`)
      open = suite
    },
    end(test, {outcome, durationMs}) {
      const suite = test.suite.join('/')
      const separator = test.framework === 'xctest' ? '.' : '/'
      const verdict =
        outcome.result === 'failed' || outcome.result === 'crashed' ? 'failed' : outcome.result === 'skipped' ? 'skipped' : 'passed'
      out(
        `Test case '${suite === '' ? '' : `${suite}${separator}`}${test.name}' ${verdict} on '${place}' (${seconds(durationMs)} seconds)\n`,
      )
    },
    close: () => undefined,
  }
}
