import type {FailedTest, InterpreterEvent, PhaseCompletedEvent} from '@rch/contract/events'
import {parsePrintedTest} from './grammar/xctest.ts'
import {bareName, sameSuite} from './open-tests.ts'
import {idOf} from './test-identity.ts'

type FailedEvent = Extract<InterpreterEvent, {type: 'test_case_failed'}>

/** What one test run printed about its tests. */
export interface RunResults {
  failures: FailedEvent[]
  /** Per test: how often it passed, whether its last result was a pass, and the highest repetition that was numbered. */
  readonly passes: Map<string, {readonly passed: number; readonly last: boolean; readonly iteration: number}>
  end: PhaseCompletedEvent | null
  /** Crashed tests as the lines about the crash print them. */
  readonly crashed: string[]
}

/**
 * Tells failed tests from those that a repetition saved. The list "Failing tests:" decides where there is one; else the verdict; else the
 * last result, when repetitions were numbered.
 */
export function judgeRun(run: RunResults): {failed: readonly FailedTest[]; retried: readonly FailedTest[]} {
  const tests = new Map<string, {test: FailedTest}>()
  for (const event of run.failures) {
    const {id} = event.test
    const known = tests.get(id)
    const failures = known === undefined ? event.failures : joined(known.test.failures, event.failures)
    tests.set(id, {
      test: {
        id,
        name: printedName(event),
        test: event.test,
        failures,
        crashed: event.crashed || (known?.test.crashed ?? false),
        timed_out: event.timed_out || (known?.test.timed_out ?? false),
        seconds: event.seconds,
        iteration: event.iteration,
        device: event.device,
      },
    })
  }
  const listed = run.end?.failing_tests ?? null
  const named = nameThem(tests, [...(listed ?? []), ...run.crashed])
  const failed: FailedTest[] = []
  const retried: FailedTest[] = []
  for (const [id, {test}] of named) {
    const passes = run.passes.get(id)
    // The runner may print a failure for what it crashed in, before it says that it starts again.
    const died = !test.crashed && !test.timed_out && run.crashed.some((name) => isSame(test, name))
    const told = died ? {...test, crashed: true} : test
    const saved = passes !== undefined && passes.passed > 0 && isSaved(test, run.end, passes)
    ;(saved ? retried : failed).push(told)
  }
  return {failed, retried}
}

/** Tries that fail alike say it once. */
function joined(known: FailedTest['failures'], more: FailedTest['failures']): FailedTest['failures'] {
  const told = more.filter(
    ({file, line, message}) => !known.some((one) => one.message === message && one.file === file && one.line === line),
  )
  return [...known, ...told]
}

function isSaved(test: FailedTest, end: PhaseCompletedEvent | null, passes: {last: boolean; iteration: number}): boolean {
  const listed = end?.failing_tests ?? null
  if (listed !== null) return !listed.some((name) => isSame(test, name))
  if (end !== null) return end.outcome === 'succeeded'
  return passes.last && passes.iteration > 1
}

/** Gives tests the names that the list prints, and Swift Testing's functions the suite that only the list knows. */
function nameThem<T extends {test: FailedTest}>(tests: ReadonlyMap<string, T>, listed: readonly string[]): Map<string, T> {
  const named = new Map<string, T>()
  const left = new Set(listed)
  const open: [string, T][] = []
  for (const [id, entry] of tests) {
    const name = listed.find((one) => isSame(entry.test, one))
    if (name === undefined) {
      open.push([id, entry])
      named.set(id, entry)
      continue
    }
    left.delete(name)
    named.set(id, {...entry, test: withName(entry.test, name)})
  }
  // What printed only a display name is listed by its function; the order is all there is to tell which.
  for (const [id, entry] of open) {
    const {display_name: display, name} = entry.test.test
    const next = [...left].find((one) => parsePrintedTest(one).suite !== null || one.endsWith(')'))
    if (display === null || name !== display || next === undefined) continue
    left.delete(next)
    named.set(id, {...entry, test: withName(entry.test, next)})
  }
  return named
}

function withName(failed: FailedTest, name: string): FailedTest {
  if (failed.test.framework !== 'swift-testing' || failed.test.suite !== null) return {...failed, name}
  const printed = parsePrintedTest(name)
  const method = printed.framework === 'xctest' && name.endsWith('()') ? `${printed.name}()` : printed.name
  const suite = printed.module === null ? printed.suite : `${printed.module}.${printed.suite ?? ''}`
  return {...failed, name, id: idOf(failed.test.target, suite, method)}
}

function isSame({test}: FailedTest, listed: string): boolean {
  const printed = parsePrintedTest(listed)
  if (bareName(printed.name) !== bareName(test.name)) return false
  const suite = printed.module === null ? printed.suite : `${printed.module}.${printed.suite ?? ''}`
  return suite === null || test.suite === null || sameSuite(suite, test.suite)
}

function printedName({test, device}: FailedEvent): string {
  if (test.framework === 'xctest') return test.suite === null ? test.name : `${test.suite}.${test.name}${device === null ? '' : '()'}`
  return test.suite === null ? test.name : `${test.suite}/${test.name}`
}
