import type {PrintedTest} from './grammar/xctest.ts'
import type {FormattedFailure} from './formatted-failure.ts'
import type {Output} from './output.ts'
import type {Phases} from './phases.ts'
import {createSwiftTestingReader} from './swift-testing-reader.ts'
import {identify} from './test-identity.ts'
import {createTestResults, type Ending, type TestResults} from './test-results.ts'
import {createTestSession} from './test-session.ts'
import type {TestTargets} from './test-targets.ts'
import {createXCTestReader, type XCTestReader} from './xctest-reader.ts'

/** Everything about tests: lines of both frameworks in, and what the end of a run says about them. */
export interface TestReader extends XCTestReader, Pick<TestResults, 'crashed' | 'listed' | 'settle' | 'reset'> {
  symbol(line: string): boolean
  /** A line that nobody understood: perhaps the rest of a failure's message. */
  text(line: string): void
  wantsText(): boolean
  /** A test runs right now, so what is printed may be its own. */
  insideTest(): boolean
  insideRun(): boolean
  /** A result that a formatter printed. */
  result(printed: PrintedTest, failure: FormattedFailure | null, ending: Ending): void
  /** The process with the tests is gone, and nothing starts it again. */
  runnerDied(): void
  /** The session is over: tests that are still open did not end by themselves. */
  sessionEnded(): void
}

const CLOCK = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/

export interface TestReaderOptions {
  /** Names a file relative to the source root where it lies inside it. */
  readonly relative: (path: string) => string
  readonly targets: TestTargets
  /** Called when a line can only come from a test process that still runs. */
  readonly goesOn: () => void
}

export function createTestReader(output: Output, phases: Phases, {relative, targets, goesOn}: TestReaderOptions): TestReader {
  const results = createTestResults(output, relative)
  const session = createTestSession(targets)
  const {open} = results

  // What was pending before a line of a test run comes first.
  const begin = (serial: boolean): void => {
    if (serial) goesOn()
    phases.begin('test')
    output.settle()
  }
  const xctest = createXCTestReader(output, results, session, begin)
  const symbol = createSwiftTestingReader(output, results, session, () => begin(true))

  const sessionEnded = (): void => {
    open.markStale()
    session.end()
    results.closeDetails()
  }

  return {
    line(line) {
      if (xctest.line(line)) return true
      if (line !== 'Testing started' && !line.startsWith("Testing started on '")) return false
      phases.begin('test')
      return true
    },
    executed: xctest.executed,
    activity: xctest.activity,
    symbol,
    text(line) {
      if (CLOCK.test(line)) results.closeDetails()
      else results.detail(line)
    },
    wantsText: results.wantsDetails,
    insideTest: () => open.running(),
    insideRun: session.active,
    result(printed, failure, ending) {
      begin(true)
      const test = identify(printed, session.target(printed.module))
      const opened = open.find(printed.framework, printed.suite, printed.name)
      if (failure !== null) results.fail(opened, printed, results.place(failure.message, failure.file, failure.line, failure.column))
      results.end(test, opened, ending)
    },
    runnerDied() {
      if (!open.running()) return
      results.crashed(null, 'The test process ended while this test ran', false)
      sessionEnded()
    },
    sessionEnded,
    crashed: results.crashed,
    listed: results.listed,
    settle(failed, listed) {
      results.settle(failed, listed)
      sessionEnded()
    },
    reset() {
      results.reset()
      sessionEnded()
    },
  }
}
