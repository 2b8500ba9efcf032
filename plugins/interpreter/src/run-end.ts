import type {FailedCommand} from '@rch/contract/events'
import {parseFailedCommand} from './grammar/build-step.ts'
import type {Verdict} from './grammar/verdict.ts'
import {cut, type Output} from './output.ts'
import type {Phases} from './phases.ts'
import type {TestReader} from './test-reader.ts'

/**
 * What stands around a verdict: "Testing failed:" and its reasons, "Failing tests:", the verdict, "The following build commands failed:".
 * It becomes events when all of it was read. While a test runs it is only tentative: if the test goes on, the test printed it.
 */
export interface RunEnd {
  header(line: string): boolean
  verdict(verdict: Verdict): void
  entry(line: string): void
  wantsEntries(): boolean
  closeList(): void
  /** Something else happens: a verdict that was read is complete. */
  settle(): void
  /** A test goes on: what looked like the end was printed by a test. */
  testGoesOn(): void
  /** The log, or this xcodebuild, ends. */
  close(): void
}

interface Ending {
  list: 'failing' | 'reasons' | 'commands' | null
  failing: string[] | null
  reasons: string[]
  commands: FailedCommand[]
  verdict: Verdict | null
  tentative: boolean
  /** Characters that its lists hold. */
  size: number
}

const SESSION = /^Test session (?:log|results(?:, code coverage)?,? and logs):$/
// "C.t() encountered an error (…)"; "Run test suite S encountered an error (… Crash: App (1234) S.t())": the frame where it crashed.
const NAMED = /^(\S+\(\)|-\[\S+ \S+\]) encountered an error /
const FRAME = /^Crash: .*?(?:\(\d+\):? |at (?:closure #\d+ in )?)([\w.$/]+\([\w:]*\)|[-+]\[\S+ \S+\])\)*\.?$/
/** What an interrupted session says of itself: its verdict says no less. */
const STOPPED = /^Testing was cancell?ed\.?$/
/** Older Xcodes put what failed below its target. */
const GROUP = /^[\w .+-]+:$/
const CANCELLED = 'because the build failed'
const MAX_COMMAND = 4096
const MAX_LISTS = 200_000
const MAX_REASON = 2000
const IN_SUITE = /^Run test suite (\S+) encountered/

export function createRunEnd(output: Output, phases: Phases, tests: TestReader): RunEnd {
  let ending: Ending | null = null

  const begin = (list: Ending['list']): Ending => {
    // The list of failing tests stands before the verdict, or right behind it.
    const belongs = list === 'commands' || (list === 'failing' && ending?.verdict?.phase === 'test' && ending.failing === null)
    if (ending?.verdict != null && !belongs) settle()
    output.release()
    ending ??= {list: null, failing: null, reasons: [], commands: [], verdict: null, tentative: tests.insideTest(), size: 0}
    ending.list = list
    return ending
  }

  const settle = (): void => {
    if (ending?.verdict == null || ending.tentative) return
    const {verdict, failing, reasons, commands} = ending
    ending = null
    const cancelled = reasons.some((reason) => reason.includes(CANCELLED))
    if (verdict.phase === 'test') {
      endTests(verdict, failing, cancelled ? [] : reasons, cancelled, commands)
      return
    }
    const implied = verdict.phase === 'archive' || verdict.phase === 'analyze' || verdict.phase === 'install'
    if (implied && phases.isActive('build')) phases.complete('build', verdict.outcome)
    phases.complete(verdict.phase, verdict.outcome, {
      seconds: verdict.seconds,
      verdict: verdict.text,
      failing_tests: failing,
      failed_commands: commands,
    })
  }

  const endTests = (
    verdict: Verdict,
    failing: readonly string[] | null,
    reasons: readonly string[],
    cancelled: boolean,
    commands: readonly FailedCommand[],
  ): void => {
    if (phases.isActive('build') || cancelled || (commands.length > 0 && !phases.isActive('test') && !phases.wasCompleted('build'))) {
      const failed = cancelled || commands.length > 0
      phases.complete('build', failed ? 'failed' : verdict.outcome === 'interrupted' ? 'interrupted' : 'succeeded')
    }
    for (const reason of reasons) if (verdict.outcome !== 'interrupted' || !STOPPED.test(reason)) reasonOf(reason)
    if (failing !== null) tests.listed(failing)
    tests.settle(verdict.outcome === 'failed', failing !== null)
    phases.complete('test', verdict.outcome, {
      seconds: verdict.seconds,
      verdict: verdict.text,
      failing_tests: failing,
      failed_commands: commands,
    })
  }

  const reasonOf = (reason: string): void => {
    const named = NAMED.exec(reason)?.[1] ?? null
    const crash = reason.lastIndexOf('Crash: ')
    const frame = crash === -1 ? null : (FRAME.exec(reason.slice(crash, crash + MAX_REASON))?.[1] ?? null)
    const suite = IN_SUITE.exec(reason)?.[1]
    const inSuite = frame !== null && suite !== undefined && frame.includes(`${suite}.`)
    const test = named ?? (inSuite ? frame : null)
    output.emit({type: 'warning', code: 'unmarked_failure', message: reason, data: {category: 'runtime', details: [], test}})
    if (test !== null || crash !== -1 || reason.includes('(Crash')) tests.crashed(test ?? frame, reason, test !== null)
  }

  const testGoesOn = (): void => {
    if (ending === null || !ending.tentative) return
    const {verdict} = ending
    ending = null
    if (verdict === null) return
    const {text} = verdict
    output.emit({type: 'warning', code: 'verdict_in_test_output', message: `A test printed ${text}`, data: {text}})
  }

  return {
    header(line) {
      if (line === 'Failing tests:') {
        const current = begin('failing')
        current.failing ??= []
        if (!current.tentative) tests.sessionEnded()
        return true
      }
      if ((ending?.list === 'failing' || ending?.list === 'reasons') && GROUP.test(line)) return true
      if (line === 'Testing failed:') {
        begin('reasons')
        return true
      }
      if (line === 'The following build commands failed:') {
        begin('commands')
        return true
      }
      if (SESSION.test(line)) {
        settle()
        if (!tests.insideTest()) tests.sessionEnded()
        else sessionResults()
        return true
      }
      return false
    },
    verdict(verdict) {
      // xcodebuild may end each of its actions by itself when it is stopped: nothing goes on behind the first.
      if (ending?.verdict?.outcome === 'interrupted' && verdict.outcome === 'interrupted') {
        ending.tentative = false
        settle()
      }
      begin(null).verdict = verdict
    },
    entry(line) {
      const text = line.trim()
      if (ending === null || text === '') return
      if (ending.list === 'failing') {
        // Older Xcodes group by target: a line of its own, with a colon.
        if (!text.endsWith(':') && fits(ending, text)) ending.failing?.push(cut(text, MAX_COMMAND))
      } else if (ending.list === 'reasons') {
        if (!GROUP.test(text) && fits(ending, text)) ending.reasons.push(cut(text, MAX_COMMAND))
      } else if (ending.list === 'commands' && !/^\(\d+ failures?\)$/.test(text)) {
        const command = parseFailedCommand(text)
        const kept = {...command, text: cut(text, MAX_COMMAND)}
        if (fits(ending, kept.text)) ending.commands.push(kept)
      }
    },
    wantsEntries: () => ending !== null && ending.list !== null,
    closeList() {
      if (ending !== null) ending.list = null
    },
    settle,
    testGoesOn,
    close() {
      if (ending === null) return
      // With a test still running nobody can say who printed a success.
      if (ending.tentative && ending.verdict?.outcome === 'succeeded') {
        testGoesOn()
        return
      }
      ending.tentative = false
      if (ending.verdict !== null) {
        settle()
        return
      }
      const {failing, reasons, commands} = ending
      ending = null
      for (const reason of reasons) if (!reason.includes(CANCELLED)) reasonOf(reason)
      if (failing !== null) tests.listed(failing)
      const cancelled = reasons.some((reason) => reason.includes(CANCELLED))
      if (commands.length > 0 || cancelled) phases.complete('build', 'failed', {failed_commands: commands})
    },
  }

  function sessionResults(): void {
    // Printed by xcodebuild after the last runner ended, so whatever is open cannot go on.
    if (ending !== null) ending.tentative = false
    tests.sessionEnded()
  }
}

function fits(ending: Ending, text: string): boolean {
  ending.size += text.length
  return ending.size <= MAX_LISTS
}
