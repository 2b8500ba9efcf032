import type {FailurePlace, InterpreterEvent, TestIdentity} from '@rch/contract/events'
import {parseSwiftTesting, type SwiftTestingLine} from './grammar/swift-testing.ts'
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
  type PrintedTest,
} from './grammar/xctest.ts'
import {bareName, createOpenTests, type MutableFailure, type OpenTest} from './open-tests.ts'
import {addDetail, type Output} from './output.ts'
import type {Phases} from './phases.ts'
import {identify, identifySwift, targetOf} from './test-identity.ts'

export interface TestReader {
  /** A line that starts with text; true when it was understood. */
  line(line: string): boolean
  symbol(line: string): boolean
  executed(line: string): boolean
  activity(line: string): void
  /** A line that nobody understood: perhaps the rest of a failure's message, or why the process dies. */
  text(line: string): void
  wantsText(): boolean
  /** A test runs right now, so what is printed may be its own. */
  insideTest(): boolean
  insideRun(): boolean
  /** A result that a formatter printed. */
  result(
    kind: 'passed' | 'failed' | 'skipped',
    printed: PrintedTest,
    seconds: number | null,
    failure: FailurePlace | null,
    device: string | null,
  ): void
  /** The session is over; tests that are still open did not end by themselves. */
  sessionEnded(): void
  /** A process crashed, by its top frame; `certain` when that frame is known to be a test. */
  crashed(frame: string | null, reason: string, certain: boolean): void
  /** Names of "Failing tests:"; open ones among them crashed, unknown ones are kept until the log ends. */
  listed(names: readonly string[]): void
  /** After a verdict without a list: what is still open crashed, if the run failed. */
  settle(failed: boolean, listed: boolean): void
  reset(): void
}

const CRASH =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* \S+\[[\d:]+\] )?(?:(\S.*?):(\d+): )?((?:[Ff]atal error|Precondition failed|Assertion failed|\*\*\* Terminating app due to uncaught exception|libc\+\+abi: terminating)\b.*)$/
const TIMED_OUT = /^Test [Cc]ase '(.+?)' (exceeded execution time allowance .*)$/
const CLOCK = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/
const ACTIVITY_FAILURE = /^\s*t =\s+[\d.,]+s\s+Assertion Failure: (?:(.*?):(\d+): )?(.*)$/
const RUNNER = / - (.+)-Runner \(\d+\)$/
const MAX_LOOSE = 1000

/** Reads XCTest and Swift Testing, serial and parallel, and works out how every test ended. */
export function createTestReader(output: Output, phases: Phases, relative: (path: string) => string, inTests: () => void): TestReader {
  const open = createOpenTests()
  let suites: {name: string; target: string | null}[] = []
  let bundle: string | null = null
  let swiftRun = false
  let lastFailure: MutableFailure | null = null
  let crash: FailurePlace | null = null
  // Failures whose test is not open: parallel runs print the result later.
  let loose = new Map<string, MutableFailure[]>()
  let failed = new Set<string>()
  let failedByDisplay = 0
  let unmatched: PrintedTest[] = []

  /** A line of a test run: what was pending before it comes first. */
  const begin = (): void => {
    inTests()
    phases.begin('test')
    output.settle()
  }

  const failureKey = (suite: string | null, name: string): string => `${(suite ?? '').replaceAll('/', '.')}\n${bareName(name)}`

  /** Swift Testing's own lines name no suite, so a failure without one may be the one that is meant. */
  const hasFailed = ({suite, name}: PrintedTest): boolean => failed.has(failureKey(suite, name)) || failed.has(failureKey(null, name))

  const place = (message: string, file: string | null, line: number | null, column: number | null): MutableFailure => ({
    message,
    file: file === null ? null : relative(file),
    line,
    column,
    details: [],
  })

  const emitFailed = (
    test: TestIdentity,
    opened: OpenTest | null,
    rest: {seconds: number | null; failures: readonly FailurePlace[]; crashed: boolean; iteration?: number; device?: string | null},
  ): void => {
    failed.add(failureKey(test.suite, test.name))
    if (test.display_name !== null && test.suite === null && test.name === test.display_name) failedByDisplay += 1
    output.emit({
      type: 'test_case_failed',
      test,
      iteration: opened?.iteration ?? rest.iteration ?? 1,
      device: rest.device ?? null,
      seconds: rest.seconds,
      failures: rest.failures,
      crashed: rest.crashed,
      timed_out: rest.failures.some(({message}) => message.includes('exceeded execution time allowance')),
      orphan: opened === null,
    })
  }

  const finish = (
    kind: 'passed' | 'failed' | 'skipped',
    test: TestIdentity,
    opened: OpenTest | null,
    rest: {seconds: number | null; iteration: number | null; device: string | null; reason?: string | null; knownIssues?: number},
  ): void => {
    const key = failureKey(test.suite, test.name)
    const late = loose.get(key) ?? []
    loose.delete(key)
    lastFailure = null
    if (opened !== null) open.remove(opened)
    const identity = opened?.test ?? test
    const common = {test: identity, iteration: opened?.iteration ?? rest.iteration ?? 1, device: rest.device}
    if (kind === 'passed') {
      const expected: FailurePlace[] = [...(opened?.expected ?? [])]
      if ((rest.knownIssues ?? 0) > 0 && expected.length === 0) expected.push(place('known issue', null, null, null))
      const event: InterpreterEvent = {
        type: 'test_case_passed',
        ...common,
        seconds: rest.seconds,
        expected_failures: expected,
        orphan: opened === null,
      }
      output.emit(event)
    } else if (kind === 'skipped') {
      const reason = rest.reason ?? opened?.skipReason ?? null
      output.emit({type: 'test_case_skipped', ...common, seconds: rest.seconds, reason, orphan: opened === null})
    } else {
      const known = [...(opened?.failures ?? []), ...late]
      const failures = known.length > 0 ? known : (opened?.activity ?? [])
      emitFailed(identity, opened, {seconds: rest.seconds, failures, crashed: false, iteration: rest.iteration ?? 1, device: rest.device})
    }
    if (!open.running()) crash = null
  }

  const dies = (opened: OpenTest, reason: string | null): void => {
    open.remove(opened)
    const why = crash ?? (reason === null ? null : place(reason, null, null, null))
    const failures = why === null ? opened.failures : [...opened.failures, why]
    crash = null
    lastFailure = null
    emitFailed(opened.test, opened, {seconds: null, failures, crashed: true})
  }

  const record = (line: PlacedLine, pick: (opened: OpenTest) => MutableFailure[]): boolean => {
    const opened = open.find('xctest', line.test.suite, line.test.name)
    const failure = place(line.message, line.file, line.line, line.column)
    if (opened === null) addLoose(failureKey(line.test.suite, line.test.name), failure)
    else pick(opened).push(failure)
    lastFailure = failure
    return true
  }

  const addLoose = (key: string, failure: MutableFailure): void => {
    const list = loose.get(key)
    if (list !== undefined) list.push(failure)
    else if (loose.size < MAX_LOOSE) loose.set(key, [failure])
  }

  const caseLine = (line: CaseLine, midLine: boolean): boolean => {
    const {test: printed} = line
    const device = line.kind === 'started' ? null : line.device
    const opened = open.find(printed.framework, printed.suite, printed.name)
    if (midLine && (line.kind === 'started' ? open.running('xctest') : opened === null)) return false
    // In one process tests run one after another: another test's end inside a running one is that test's own print.
    if (line.kind !== 'started' && device === null && opened === null && open.running('xctest')) return true
    begin()
    const runner = device === null ? null : (RUNNER.exec(device)?.[1] ?? null)
    const target = device === null ? targetOf(bundle, printed.module) : (runner ?? printed.module)
    const test = identify(printed, target)
    if (line.kind === 'started') {
      lastFailure = null
      crash = null
      open.add(test, line.iteration ?? 1)
      output.emit({type: 'test_case_started', test, iteration: line.iteration ?? 1, device: null})
      return true
    }
    finish(line.kind, test, opened, {seconds: line.seconds, iteration: line.iteration, device})
    return true
  }

  const suiteLine = (name: string, word: string, device: string | null): boolean => {
    phases.begin('test')
    lastFailure = null
    const own = bundleOf(name)
    if (device !== null) {
      if (word === 'started') output.emit({type: 'test_suite_started', suite: name, target: own, device})
      return true
    }
    inTests()
    if (word === 'started') {
      if (isOutermostSuite(name)) {
        open.markStale()
        suites = []
        bundle = null
      }
      if (own !== null) bundle = own
      const target = targetOf(bundle, null)
      suites.push({name, target})
      output.emit({type: 'test_suite_started', suite: name, target, device: null})
      return true
    }
    const at = suites.findLastIndex((suite) => suite.name === name)
    const target = at === -1 ? targetOf(bundle, null) : (suites[at]?.target ?? null)
    if (at !== -1) suites.length = at
    const outcome = word === 'passed' || word === 'failed' ? word : 'unknown'
    output.holdSuite({type: 'test_suite_completed', suite: name, target, device: null, outcome, seconds: null, totals: null})
    return true
  }

  const swiftLine = (line: SwiftTestingLine): boolean => {
    switch (line.kind) {
      case 'run-started':
        phases.begin('test')
        inTests()
        for (const opened of open.all()) if (opened.test.framework === 'swift-testing') opened.stale = true
        swiftRun = true
        return true
      case 'run-ended':
        inTests()
        swiftRun = false
        lastFailure = null
        return true
      case 'detail':
        if (lastFailure !== null) addDetail(lastFailure.details, line.text)
        return true
      case 'other':
        return true
      case 'issue':
        issue(line)
        return true
      case 'started':
      case 'passed':
      case 'failed':
      case 'skipped':
        break
    }
    begin()
    lastFailure = null
    const target = targetOf(bundle, null)
    const printed = line.name.function ?? line.name.display ?? ''
    if (line.scope === 'suite') {
      const suite = line.name.display ?? printed
      if (line.kind === 'started') output.emit({type: 'test_suite_started', suite, target, device: null})
      else if (line.kind !== 'skipped') {
        output.emit({type: 'test_suite_completed', suite, target, device: null, outcome: line.kind, seconds: line.seconds, totals: null})
      }
      return true
    }
    const test = identifySwift(line.name, target)
    if (line.kind === 'started') {
      open.add(test, 1)
      output.emit({type: 'test_case_started', test, iteration: 1, device: null})
      return true
    }
    const opened = open.find('swift-testing', null, line.name.display ?? printed)
    const none = {iteration: null, device: null}
    if (line.kind === 'skipped') finish('skipped', test, opened, {...none, seconds: null, reason: line.reason})
    else finish(line.kind, test, opened, {...none, seconds: line.seconds, knownIssues: line.knownIssues})
    return true
  }

  const dying = (line: string): boolean => {
    const found = line.includes('rror') || line.includes('ailed') || line.includes('erminating') ? CRASH.exec(line) : null
    if (found === null) return false
    crash ??= place(found[3] ?? line, found[1] ?? null, found[2] === undefined ? null : Number(found[2]), null)
    return true
  }

  const issue = (line: Extract<SwiftTestingLine, {kind: 'issue'}>): void => {
    if (line.warning) return
    const printed = line.name.display ?? line.name.function ?? ''
    const failure = place(line.message, line.file, line.line, line.column)
    if (line.arguments !== null) addDetail(failure.details, line.arguments)
    const opened = open.find('swift-testing', null, printed)
    if (opened !== null) (line.known ? opened.expected : opened.failures).push(failure)
    else if (!line.known) addLoose(failureKey(null, printed), failure)
    lastFailure = failure
  }

  const reader: TestReader = {
    line(line) {
      const first = line.charCodeAt(0)
      if (first === 0x54 && line.startsWith('Test ')) {
        const parsed = parseCase(line)
        if (parsed !== null) return caseLine(parsed, false)
        if (line.includes('exceeded execution time allowance')) return timedOut(line)
        const suite = parseSuite(line)
        if (suite !== null) return suiteLine(suite.name, suite.word, suite.device)
      }
      if (first === 0x54 && (line === 'Testing started' || line.startsWith("Testing started on '"))) {
        phases.begin('test')
        return true
      }
      if (open.running() && dying(line)) return true
      const assertion = parseAssertion(line)
      if (assertion !== null) return record(assertion, ({failures}) => failures)
      const expected = parseExpectedFailure(line)
      if (expected !== null) return record(expected, (opened) => opened.expected)
      const skip = parseSkip(line)
      if (skip !== null) {
        const opened = open.find('xctest', skip.test.suite, skip.test.name)
        if (opened !== null) opened.skipReason = skip.message === '' ? null : skip.message
        return true
      }
      const restart = line.includes('Restarting after') ? parseRestart(line) : null
      if (restart !== null) {
        restarted(restart.after)
        return true
      }
      const at = line.indexOf("Test Case '", 1)
      const inner = at === -1 ? null : parseCase(line.slice(at))
      return inner !== null && caseLine(inner, true)
    },
    symbol(line) {
      const parsed = parseSwiftTesting(line)
      return parsed !== null && swiftLine(parsed)
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
      opened.activity.push(place(message, file ?? null, at === undefined ? null : Number(at), null))
    },
    text(line) {
      if (lastFailure === null || CLOCK.test(line)) lastFailure = null
      else addDetail(lastFailure.details, line)
    },
    wantsText: () => lastFailure !== null,
    insideTest: () => open.running(),
    insideRun: () => suites.length > 0 || swiftRun,
    result(kind, printed, seconds, failure, device) {
      begin()
      const opened = open.find(printed.framework, printed.suite, printed.name)
      const test = identify(printed, targetOf(bundle, printed.module))
      if (failure !== null) addLoose(failureKey(test.suite, test.name), {...failure, details: [...failure.details]})
      finish(kind, test, opened, {seconds, iteration: null, device})
    },
    sessionEnded() {
      open.markStale()
      suites = []
      bundle = null
      swiftRun = false
      lastFailure = null
    },
    crashed(frame, reason, certain) {
      const printed = frame === null ? null : parsePrintedTest(frame)
      const opened = (printed === null ? null : open.findAny(printed.suite, printed.name)) ?? (certain ? null : onlyOpen())
      if (opened !== null) dies(opened, reason)
      else if (printed !== null && certain && !hasFailed(printed)) {
        emitFailed(identify(printed, printed.module), null, {
          seconds: null,
          failures: [place(reason, null, null, null)],
          crashed: true,
        })
      }
    },
    listed(names) {
      for (const name of names) {
        const printed = parsePrintedTest(name)
        if (hasFailed(printed)) continue
        const opened = open.findAny(printed.suite, printed.name)
        if (opened === null) unmatched.push(printed)
        else dies(opened, null)
      }
    },
    settle(runFailed, listed) {
      for (const opened of open.all()) {
        if (opened.test.framework === 'xctest' && runFailed && !listed) dies(opened, null)
      }
      reader.sessionEnded()
    },
    reset() {
      // Results may stand after the list: only now is it sure that none came.
      const later = unmatched.filter((printed) => !hasFailed(printed))
      const seen = new Set<string>()
      for (const printed of later) {
        const key = failureKey(printed.suite, printed.name)
        if (seen.has(key)) continue
        seen.add(key)
        // A test that printed its display name only is listed by its function.
        if (failedByDisplay > 0) failedByDisplay -= 1
        else emitFailed(identify(printed, printed.module), null, {seconds: null, failures: [], crashed: false})
      }
      for (const opened of open.all()) {
        open.remove(opened)
        output.emit({type: 'warning', code: 'test_unfinished', message: `${opened.test.id} did not end`, data: {test: opened.test.id}})
      }
      reader.sessionEnded()
      loose = new Map()
      failed = new Set()
      failedByDisplay = 0
      unmatched = []
      crash = null
    },
  }

  function restarted(after: string | null): void {
    begin()
    const printed = after === null ? null : parsePrintedTest(after)
    const opened = printed === null ? onlyOpen() : open.findAny(printed.suite, printed.name)
    const id = opened?.test.id ?? (printed === null ? null : identify(printed, printed.module).id)
    output.emit({type: 'warning', code: 'test_runner_restarted', message: 'The test runner ended and was started again', data: {after: id}})
    if (opened !== null) dies(opened, 'The test runner ended while this test ran')
    else if (printed !== null && !hasFailed(printed)) {
      const test = identify(printed, printed.module ?? targetOf(bundle, null))
      emitFailed(test, null, {seconds: null, failures: crash === null ? [] : [crash], crashed: true})
    }
    crash = null
    reader.sessionEnded()
  }

  function timedOut(line: string): boolean {
    const [, name = '', message = line] = TIMED_OUT.exec(line) ?? []
    const printed = parsePrintedTest(name)
    const opened = open.findAny(printed.suite, printed.name)
    const failure = place(message, null, null, null)
    if (opened === null) addLoose(failureKey(printed.suite, printed.name), failure)
    else opened.failures.push(failure)
    return true
  }

  function onlyOpen(): OpenTest | null {
    const all = open.all()
    const live = all.filter(({stale}) => !stale)
    const [only = null] = live.length > 0 ? live : all
    return (live.length || all.length) === 1 ? only : null
  }

  return reader
}
