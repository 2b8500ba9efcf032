import {
  bundleOf,
  type CaseLine,
  isOutermostSuite,
  parseAssertion,
  parseCase,
  parseExecuted,
  parseExpectedFailure,
  parsePrintedTest,
  parseRestart,
  parseSkip,
  parseSuite,
  type PlacedLine,
} from './grammar/xctest.ts'
import type {Output} from './output.ts'
import {identify} from './test-identity.ts'
import type {TestResults} from './test-results.ts'
import type {TestSession} from './test-session.ts'

export interface XCTestReader {
  line(line: string): boolean
  executed: (line: string) => boolean
  activity: (line: string) => void
}

const CRASH =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* \S+\[[\d:]+\] )?(?:(\S.*?):(\d+): )?((?:[Ff]atal error|Precondition failed|Assertion failed|\*\*\* Terminating app due to uncaught exception|libc\+\+abi: terminating)\b.*)$/
const REASON = /Reason: \((.*)\)$/
const TIMED_OUT = /^Test [Cc]ase '(.+?)' (exceeded execution time allowance .*)$/
const ACTIVITY_FAILURE = /^\s*t =\s+[\d.,]+s\s+Assertion Failure: (?:(.*?):(\d+): )?(.*)$/

/** Reads XCTest, serial and parallel. `begin` announces a line of a test run. */
export function createXCTestReader(
  output: Output,
  results: TestResults,
  session: TestSession,
  begin: (serial: boolean) => void,
): XCTestReader {
  const {open} = results

  const caseLine = (line: CaseLine, midLine: boolean): boolean => {
    const {test: printed, iteration} = line
    const device = line.kind === 'started' ? null : line.device
    const opened = open.find(printed.framework, printed.suite, printed.name)
    if (midLine && (line.kind === 'started' ? open.running('xctest') : opened === null)) return false
    // In one process tests run one after another: another test's end inside a running one is that test's own print.
    if (line.kind !== 'started' && device === null && opened === null && open.running('xctest')) return true
    begin(device === null)
    const test = identify(printed, device === null ? session.target(printed.module) : session.deviceTarget(printed.module, device))
    if (line.kind === 'started') results.start(test, iteration ?? 1)
    // Looked up again: the beginning may have settled a run that ended, and with it the test.
    else
      results.end(test, open.find(printed.framework, printed.suite, printed.name), {
        kind: line.kind,
        seconds: line.seconds,
        iteration,
        device,
      })
    return true
  }

  const suiteLine = (suite: string, word: string, device: string | null): boolean => {
    begin(device === null)
    results.closeDetails()
    if (device !== null) {
      if (word === 'started') output.emit({type: 'test_suite_started', suite, target: bundleOf(suite), device})
      return true
    }
    if (word === 'started') {
      if (isOutermostSuite(suite)) open.markStale()
      session.enter(suite)
      output.emit({type: 'test_suite_started', suite, target: session.target(null), device: null})
      return true
    }
    // No test outlives its suite: one that is still open lost its last line.
    open.markLost('xctest')
    const outcome = word === 'passed' || word === 'failed' ? word : 'unknown'
    const target = session.leave(suite)
    output.holdSuite({type: 'test_suite_completed', suite, target, device: null, outcome, seconds: null, totals: null})
    return true
  }

  const timedOut = (line: string): boolean => {
    const [, name = '', message = line] = TIMED_OUT.exec(line) ?? []
    const printed = parsePrintedTest(name)
    results.fail(open.findAny(printed.suite, printed.name), printed, results.place(message, null, null, null))
    results.closeDetails()
    return true
  }

  const dying = (line: string): boolean => {
    const found = line.includes('rror') || line.includes('ailed') || line.includes('erminating') ? CRASH.exec(line) : null
    if (found === null) return false
    results.cause(results.place(found[3] ?? line, found[1] ?? null, found[2] === undefined ? null : Number(found[2]), null))
    return true
  }

  const placed = ({test, message, file, line, column}: PlacedLine, expected: boolean): boolean => {
    const opened = open.find('xctest', test.suite, test.name)
    // Xcode writes the reason right behind the message, without a blank.
    const why = expected ? REASON.exec(message) : null
    const failure = results.place(why === null ? message : message.slice(0, why.index), file, line, column)
    if (why !== null) failure.details.push(`Reason: ${why[1] ?? ''}`)
    if (expected) results.expected(opened, failure)
    else results.fail(opened, test, failure)
    return true
  }

  return {
    line(line) {
      if (line.startsWith('Test ')) {
        const parsed = parseCase(line)
        if (parsed !== null) return caseLine(parsed, false)
        if (line.includes('exceeded execution time allowance')) return timedOut(line)
        const suite = parseSuite(line)
        if (suite !== null) return suiteLine(suite.name, suite.word, suite.device)
      }
      if (open.running() && dying(line)) return true
      const assertion = parseAssertion(line)
      if (assertion !== null) return placed(assertion, false)
      const expected = parseExpectedFailure(line)
      if (expected !== null) return placed(expected, true)
      const skip = parseSkip(line)
      if (skip !== null) {
        const opened = open.find('xctest', skip.test.suite, skip.test.name)
        if (opened !== null) opened.skipReason = skip.message === '' ? null : skip.message
        return true
      }
      const restart = line.includes('Restarting after') ? parseRestart(line) : null
      if (restart !== null) {
        begin(true)
        results.restarted(restart.after === null ? null : parsePrintedTest(restart.after), session.target(null))
        open.markStale()
        session.end()
        return true
      }
      const at = line.indexOf("Test Case '", 1)
      const inner = at === -1 ? null : parseCase(line.slice(at))
      return inner !== null && caseLine(inner, true)
    },
    executed(line) {
      const totals = parseExecuted(line)
      if (totals === null) return false
      const held = output.heldSuite()
      if (held === null) return true
      const {seconds, ...counts} = totals
      held.totals = counts
      held.seconds = seconds
      if (held.outcome === 'unknown') held.outcome = counts.failures > 0 ? 'failed' : 'passed'
      output.release()
      return true
    },
    activity(line) {
      const [, file, at, message] = ACTIVITY_FAILURE.exec(line) ?? []
      const opened = open.newest()
      if (message === undefined || opened === null) return
      opened.activity.push(results.place(message, file ?? null, at === undefined ? null : Number(at), null))
    },
  }
}
