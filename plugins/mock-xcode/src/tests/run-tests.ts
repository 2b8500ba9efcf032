import type {Destination} from '../xcodebuild/destination.ts'
import {bundleOutput} from './print-tests.ts'
import type {TestOutcome, TestRecord, TestRun} from './test-record.ts'
import type {TestBundle} from './write-test-bundle.ts'

export interface TestResult {
  readonly test: TestRecord
  readonly bundle: TestBundle
  readonly destination: Destination
  readonly runs: readonly TestRun[]
  /** The verdict over all its runs. */
  readonly result: TestOutcome['result']
}

export interface TestRepetition {
  readonly iterations: number
  readonly mode: 'none' | 'fixed' | 'retry-on-failure' | 'until-failure'
}

export interface TestSession {
  readonly bundles: readonly {readonly bundle: TestBundle; readonly tests: readonly TestRecord[]; readonly parallel: boolean}[]
  readonly destinations: readonly Destination[]
  readonly repetition: TestRepetition
  /** Whether a selection was made, which changes a headline. */
  readonly selected: boolean
  readonly scripted: ScriptedTests
}

/** What a scenario makes of tests: paths are `Target/Suite/name()`. */
export interface ScriptedTests {
  readonly crash: readonly string[]
  readonly hang: readonly string[]
  /** How often a test fails before it passes. */
  readonly flaky: Readonly<Record<string, number>>
  readonly delayMs: number
}

export interface TestLog {
  out(text: string): void
  /** Waits when a test has begun; never returns when the scenario hangs here. */
  pause(path: string): Promise<void>
  /** A test has ended: what there is when somebody ends the run. */
  ended(result: TestResult): void
}

/** Runs every bundle on every destination and prints what the runners print. */
export async function runTests(session: TestSession, log: TestLog): Promise<readonly TestResult[]> {
  const results: TestResult[] = []
  for (const destination of session.destinations) {
    for (const {bundle, tests, parallel} of session.bundles) {
      const printer = bundleOutput({bundle, destination, selected: session.selected, parallel, out: (text) => log.out(text)})
      printer.begin(tests)
      for (const test of tests) {
        const runs: TestRun[] = []
        const limit = session.repetition.mode === 'none' ? 1 : session.repetition.iterations
        for (let iteration = 1; iteration <= limit; iteration += 1) {
          printer.start(test, limit > 1 ? {iteration, limit} : undefined)
          if (iteration === 1) await log.pause(testPathOf(test))
          const outcome = outcomeOf(test, iteration, session.scripted)
          const run: TestRun = {outcome, durationMs: 1 + (test.line % 7)}
          runs.push(run)
          printer.end(test, run)
          const bad = outcome.result === 'failed' || outcome.result === 'crashed'
          if (session.repetition.mode === 'retry-on-failure' && !bad) break
          if (session.repetition.mode === 'until-failure' && bad) break
        }
        const result: TestResult = {test, bundle, destination, runs, result: verdict(runs, session.repetition.mode)}
        results.push(result)
        log.ended(result)
      }
      printer.close()
    }
  }
  return results
}

export function testPathOf({target, suite, name}: TestRecord): string {
  return [target, ...suite, name].join('/')
}

function outcomeOf(test: TestRecord, iteration: number, scripted: ScriptedTests): TestOutcome {
  const path = testPathOf(test)
  const isNamed = (name: string): boolean => name === path || `${name}()` === path
  if (scripted.crash.some(isNamed))
    return {...test.outcome, result: 'crashed', crash: 'Fatal error: Unexpectedly found nil while unwrapping an Optional value'}
  const flaky = Object.entries(scripted.flaky).find(([name]) => isNamed(name))
  if (flaky === undefined || iteration > flaky[1]) return test.outcome
  const issue = {
    message:
      test.framework === 'xctest' ? 'XCTAssertTrue failed - scripted to fail at first' : 'Expectation failed: scripted to fail at first',
    file: test.file,
    line: test.line,
    column: test.column,
    comments: [],
    expected: undefined,
  }
  return {...test.outcome, result: 'failed', issues: [issue]}
}

function verdict(runs: readonly TestRun[], mode: TestRepetition['mode']): TestOutcome['result'] {
  const last = runs.at(-1)?.outcome.result ?? 'passed'
  if (mode === 'retry-on-failure') return last
  return runs.map(({outcome}) => outcome.result).find((result) => result === 'failed' || result === 'crashed') ?? last
}
