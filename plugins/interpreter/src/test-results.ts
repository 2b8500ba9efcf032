import type {FailurePlace, TestIdentity} from '@rch/contract/events'
import {parsePrintedTest, type PrintedTest} from './grammar/xctest.ts'
import {bareName, createOpenTests, type MutableFailure, type OpenTest, type OpenTests} from './open-tests.ts'
import {addDetail, cut, type Output} from './output.ts'
import {identify} from './test-identity.ts'

/** What a line says about the end of a test. */
export interface Ending {
  readonly kind: 'passed' | 'failed' | 'skipped'
  readonly seconds: number | null
  readonly iteration: number | null
  readonly device: string | null
  readonly reason?: string | null
  readonly knownIssues?: number
}

/** Keeps what is known about every test until it has ended, and says how it ended: by itself, by a crash, or only by a list. */
export interface TestResults {
  readonly open: OpenTests
  place(message: string, file: string | null, line: number | null, column: number | null): MutableFailure
  start(test: TestIdentity, iteration: number): void
  end(test: TestIdentity, opened: OpenTest | null, ending: Ending): void
  /** A failure of a test; kept for its result where the test is not open. What is printed next may belong to it. */
  fail(opened: OpenTest | null, printed: PrintedTest, failure: MutableFailure): void
  /** A failure that does not fail the test. */
  expected(opened: OpenTest | null, failure: MutableFailure): void
  /** The rest of the last failure's message. */
  detail(line: string): void
  wantsDetails: () => boolean
  closeDetails(): void
  /** Why a process may be dying, while a test runs. */
  cause(failure: MutableFailure): void
  /** The runner was started again after `printed`, or after whatever ran; answers the test's id. */
  restarted(printed: PrintedTest | null, target: string | null): string | null
  /** A process crashed, by its top frame; `certain` when that frame is known to be a test. */
  crashed: (frame: string | null, reason: string, certain: boolean) => void
  /** Names of "Failing tests:"; open ones among them crashed, unknown ones are kept until the log ends. */
  listed: (names: readonly string[]) => void
  /** After a verdict: what is still open crashed, if the run failed and no list says otherwise. */
  settle(failed: boolean, listed: boolean): void
  reset(): void
}

const MAX_LOOSE = 1000
const MAX_FAILURES = 25
const MAX_MESSAGE = 8192
const DEFAULT_REASON = 'The test runner ended while this test ran'

/** Failures of a test that is not open. */
interface Loose {
  readonly printed: PrintedTest
  readonly failures: MutableFailure[]
  /** Another test ran: it may be that one's own print. */
  readonly inTest: boolean
}

export function createTestResults(output: Output, relative: (path: string) => string): TestResults {
  const open = createOpenTests()
  let lastFailure: MutableFailure | null = null
  let crash: FailurePlace | null = null
  // Failures whose test is not open: parallel runs print the result later.
  let loose = new Map<string, Loose>()
  let failed = new Set<string>()
  let failedByDisplay = 0
  let unmatched: PrintedTest[] = []

  const keyOf = (suite: string | null, name: string): string => `${(suite ?? '').replaceAll('/', '.')}\n${bareName(name)}`

  /** Swift Testing's own lines name no suite, so a failure without one may be the one that is meant. */
  const hasFailed = ({suite, name}: PrintedTest): boolean => failed.has(keyOf(suite, name)) || failed.has(keyOf(null, name))

  const place: TestResults['place'] = (message, file, line, column) => ({
    message: cut(message, MAX_MESSAGE),
    file: file === null ? null : relative(file),
    line,
    column,
    details: [],
  })

  const emitFailed = (
    test: TestIdentity,
    opened: OpenTest | null,
    ending: Ending,
    failures: readonly FailurePlace[],
    crashed: boolean,
  ): void => {
    failed.add(keyOf(test.suite, test.name))
    const timedOut = failures.some(({message}) => message.includes(TOO_LONG))
    if (test.display_name !== null && test.name === test.display_name) failedByDisplay += 1
    output.emit({
      type: 'test_case_failed',
      test,
      iteration: opened?.iteration ?? ending.iteration ?? 1,
      device: ending.device,
      seconds: ending.seconds,
      failures,
      // A runner that was ended because a test took too long did not crash.
      crashed: crashed && !timedOut,
      timed_out: timedOut,
      orphan: opened === null,
    })
  }

  const lost = (printed: PrintedTest, target: string | null, failures: readonly FailurePlace[], crashed: boolean): void => {
    emitFailed(identify(printed, target), null, UNKNOWN, failures, crashed)
  }

  const dies = (opened: OpenTest, reason: string | null): void => {
    open.remove(opened)
    const cause = opened.lost ? null : crash
    const late = opened.failures.some(({message}) => message.includes(TOO_LONG))
    const why = cause ?? (reason === null || late ? null : place(reason, null, null, null))
    const failures = why === null ? opened.failures : [...opened.failures, why]
    crash = null
    lastFailure = null
    emitFailed(opened.test, opened, UNKNOWN, failures, !opened.lost)
  }

  const takeLoose = (test: TestIdentity): MutableFailure[] => {
    const key = keyOf(test.suite, test.display_name ?? test.name)
    const late = loose.get(key)?.failures ?? []
    loose.delete(key)
    return late
  }

  const onlyOpen = (): OpenTest | null => {
    const all = open.all()
    const live = all.filter(({stale}) => !stale)
    const candidates = live.length > 0 ? live : all
    return candidates.length === 1 ? (candidates[0] ?? null) : null
  }

  return {
    open,
    place,
    start(test, iteration) {
      lastFailure = null
      crash = null
      open.add(test, iteration)
      output.emit({type: 'test_case_started', test, iteration, device: null})
    },
    end(test, opened, ending) {
      const late = loose.size === 0 ? [] : takeLoose(test)
      lastFailure = null
      if (opened !== null) open.remove(opened)
      const cause = crash
      if (!open.running()) crash = null
      const identity = opened?.test ?? test
      const {kind, seconds, device} = ending
      const common = {test: identity, iteration: opened?.iteration ?? ending.iteration ?? 1, device, seconds, orphan: opened === null}
      if (kind === 'passed') {
        const expected: FailurePlace[] = [...(opened?.expected ?? [])]
        if ((ending.knownIssues ?? 0) > 0 && expected.length === 0) expected.push(place('known issue', null, null, null))
        output.emit({type: 'test_case_passed', ...common, expected_failures: expected})
      } else if (kind === 'skipped') {
        output.emit({type: 'test_case_skipped', ...common, reason: ending.reason ?? opened?.skipReason ?? null})
      } else {
        const known = [...(opened?.failures ?? []), ...late]
        // Xcode may say that a test failed after it died: then the place is where it died.
        if (cause !== null && known.length > 0 && known.every(({file}) => file === null))
          known.push({...cause, details: [...cause.details]})
        emitFailed(identity, opened, ending, known.length > 0 ? known : (opened?.activity ?? []), false)
      }
    },
    fail(opened, printed, failure) {
      lastFailure = failure
      if (opened !== null) {
        if (opened.failures.length < MAX_FAILURES) opened.failures.push(failure)
        return
      }
      const key = keyOf(printed.suite, printed.name)
      const known = loose.get(key)
      if (known !== undefined) {
        if (known.failures.length < MAX_FAILURES) known.failures.push(failure)
      } else if (loose.size < MAX_LOOSE) loose.set(key, {printed, failures: [failure], inTest: open.running()})
    },
    expected(opened, failure) {
      lastFailure = failure
      if (opened !== null && opened.expected.length < MAX_FAILURES) opened.expected.push(failure)
    },
    detail(line) {
      if (lastFailure !== null) addDetail(lastFailure.details, line)
    },
    wantsDetails: () => lastFailure !== null,
    closeDetails() {
      lastFailure = null
    },
    cause(failure) {
      crash ??= failure
    },
    restarted(printed, target) {
      const opened = printed === null ? onlyOpen() : open.findAny(printed.suite, printed.name)
      const id = opened?.test.id ?? (printed === null ? null : identify(printed, printed.module ?? target).id)
      output.emit({
        type: 'warning',
        code: 'test_runner_restarted',
        message: 'The test runner ended and was started again',
        data: {after: id, printed: printed === null ? null : printedName(printed)},
      })
      if (opened !== null) dies(opened, DEFAULT_REASON)
      else if (printed !== null && !hasFailed(printed)) lost(printed, printed.module ?? target, crash === null ? [] : [crash], true)
      crash = null
      return id
    },
    crashed(frame, reason, certain) {
      const printed = frame === null ? null : parsePrintedTest(frame)
      const opened = (printed === null ? null : open.findAny(printed.suite, printed.name)) ?? (certain ? null : onlyOpen())
      if (opened !== null) dies(opened, reason)
      else if (printed !== null && certain && !hasFailed(printed)) {
        lost(printed, printed.module, [place(reason, null, null, null)], true)
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
      if (!runFailed || listed) return
      for (const opened of open.all()) if (opened.test.framework === 'xctest' && !opened.lost) dies(opened, null)
    },
    reset() {
      // Results may stand after the list: only now is it sure that none came.
      for (const printed of unmatched) {
        if (hasFailed(printed)) continue
        // A test that printed its display name only is listed by its function.
        if (failedByDisplay > 0) {
          failedByDisplay -= 1
          failed.add(keyOf(printed.suite, printed.name))
        } else lost(printed, printed.module, [], false)
      }
      // A failure that was recorded stays one, even if the line that ends its test never came.
      for (const {printed, failures, inTest} of loose.values())
        if (!inTest && !hasFailed(printed)) lost(printed, printed.module, failures, false)
      for (const opened of open.all()) {
        open.remove(opened)
        const {id} = opened.test
        if (opened.failures.length > 0) {
          emitFailed(opened.test, opened, UNKNOWN, opened.failures, false)
          continue
        }
        output.emit({type: 'warning', code: 'test_unfinished', message: `${id} did not end`, data: {test: id}})
      }
      loose = new Map()
      failed = new Set()
      failedByDisplay = 0
      unmatched = []
      lastFailure = null
      crash = null
    },
  }
}

function printedName({suite, name, framework}: PrintedTest): string {
  const method = framework === 'xctest' ? `${bareName(name)}()` : name
  return suite === null ? method : `${suite}.${method}`
}

const TOO_LONG = 'exceeded execution time allowance'
const UNKNOWN: Ending = {kind: 'failed', seconds: null, iteration: null, device: null}
