import {forever} from '../scenario/faults.ts'
import type {TestRepetition, TestResult} from '../tests/run-tests.ts'
import {runTests} from '../tests/run-tests.ts'
import {isListed, isSelected} from '../tests/select-tests.ts'
import type {TestBundle} from '../tests/write-test-bundle.ts'
import {joinCoverage} from '../xcresult/coverage.ts'
import {bundleTime, logTime} from '../tool/clock.ts'
import {describeDestination} from './destination.ts'
import type {Invocation} from './invocation.ts'
import type {Action} from './options.ts'
import type {Session} from './session.ts'
import type {TestChoice} from './scheme-choice.ts'
import {verdict} from './verdict.ts'
import {homeDirectory} from '../tool/tool-context.ts'
import {join} from 'node:path'

export interface FoundBundle {
  readonly name: string
  readonly parallel: boolean
  readonly bundle: TestBundle | undefined
}

/** Runs the tests of built bundles and prints the session's end. Gives the exit status. */
export async function testAction(session: Session, action: Action, found: readonly FoundBundle[], choice: TestChoice): Promise<number> {
  const {context, invocation, scenario} = session
  const only = invocation.values('-only-testing')
  const skip = invocation.values('-skip-testing')
  const strange = only.map((word) => word.split('/')[0] ?? '').find((target) => !found.some(({name}) => name === target))
  if (strange !== undefined) {
    context.output.err(
      `xcodebuild: error: Failed to build project ${session.facts.container} with scheme ${session.facts.scheme}.: Tests in the target “${strange}” can’t be run because “${strange}” isn’t a member of the specified test plan or scheme.\n`,
    )
    return 65
  }
  const absent = found.find(({bundle}) => bundle === undefined)
  if (absent !== undefined) {
    context.output.err(
      `xcodebuild: error: Failed to build project ${session.facts.container} with scheme ${session.facts.scheme}.: Cannot test target “${absent.name}”: there is no test bundle; build for testing first.\n`,
    )
    return 65
  }
  const generic = session.facts.destinations.find((destination) => destination.generic)
  if (generic !== undefined) {
    context.output.err(
      `xcodebuild: error: Cannot test target “${found[0]?.name ?? ''}” on “${generic.name}”: Tests must be run on a concrete device\n`,
    )
    return 70
  }
  await session.phase('test')
  session.tested = true
  session.bundlePath ??= join(homeOfLogs(session), `Test-${session.facts.scheme}-${bundleTime(new Date())}.xcresult`)
  const began = Date.now()
  for (const destination of session.facts.destinations.slice(0, 1))
    if (invocation.values('-destination').length === 0)
      context.output.err(
        `--- xcodebuild: WARNING: Using the first of multiple matching destinations:\n${describeDestination(destination)}\n`,
      )
  const results = await runTests(
    {
      bundles: found.flatMap(({name, parallel, bundle}) => {
        if (bundle === undefined) return []
        const testable = choice.testables.find(({target}) => target === name)
        const tests = bundle.tests.filter(
          (test) =>
            isSelected(test, {only, skip}) &&
            !isListed(test, testable?.skippedTests ?? []) &&
            (testable === undefined || testable.selectedTests.length === 0 || isListed(test, testable.selectedTests)),
        )
        return only.length > 0 && tests.length === 0 ? [] : [{bundle, tests, parallel: isParallel(invocation, parallel)}]
      }),
      destinations: session.facts.destinations,
      repetition: repetition(invocation),
      selected: only.length + skip.length > 0,
      scripted: {crash: scenario.test_crash ?? [], hang: scenario.test_hang ?? [], flaky: scenario.flaky ?? {}, delayMs: 0},
    },
    {
      out: (text) => session.printTest(text),
      pause: async (path) => {
        if (scenario.test_hang?.some((name) => name === path || `${name}()` === path) === true) await forever()
        await new Promise((resolve) => setImmediate(resolve))
      },
      ended: (result) => session.results.push(result),
    },
  )
  if (invocation.value('-enableCodeCoverage') === 'YES')
    session.coverage = joinCoverage(found.flatMap(({bundle}) => (bundle === undefined ? [] : [bundle.coverage])))
  return report(session, action, results, Date.now() - began)
}

function report(session: Session, action: Action, results: readonly TestResult[], milliseconds: number): number {
  const stamp = `${logTime(new Date())} xcodebuild[${process.pid}:1] [MT] IDETestOperationsObserverDebug:`
  const elapsed = (milliseconds / 1000).toFixed(3)
  session.context.output.err(
    `${stamp} ${elapsed} elapsed -- Testing started completed.\n${stamp} 0.000 sec, +0.000 sec -- start\n${stamp} ${elapsed} sec, +${elapsed} sec -- end\n`,
  )
  const notEvaluated = results.reduce((sum, {test}) => sum + test.outcome.notEvaluated, 0)
  if (notEvaluated > 0)
    session.print(`\nnote: mock Xcode: ${notEvaluated} check${notEvaluated === 1 ? '' : 's'} not_evaluated, counted as passed\n`)
  session.print(`\nTest session results, code coverage, and logs:\n\t${session.bundlePath ?? ''}\n\n`)
  const bad = results.filter(({result}) => result === 'failed' || result === 'crashed')
  const swiftCrashes = bad.filter(({test, result}) => result === 'crashed' && test.framework === 'swift-testing')
  const listed = bad.filter((entry) => !swiftCrashes.includes(entry))
  if (swiftCrashes.length > 0) {
    const lines = swiftCrashes.map(
      ({test, bundle}) =>
        `\t${test.target} (${process.pid}) encountered an error (Crash: ${bundle.host ?? 'xctest'} (${process.pid}): ${[...test.suite, test.name].join('.')})\n`,
    )
    session.print(`Testing failed:\n${lines.join('')}\n`)
  }
  if (listed.length > 0)
    session.print(`Failing tests:\n${listed.map(({test}) => `\t${[...test.suite, test.name].join('.')}\n`).join('')}\n`)
  session.print(`${verdict(action, bad.length > 0 ? 'FAILED' : 'SUCCEEDED')}\n`)
  return bad.length > 0 ? 65 : 0
}

function repetition(invocation: Invocation): TestRepetition {
  const given = Number(invocation.value('-test-iterations') ?? Number.NaN)
  if (invocation.has('-retry-tests-on-failure')) return {mode: 'retry-on-failure', iterations: Number.isInteger(given) ? given : 3}
  if (invocation.has('-run-tests-until-failure')) return {mode: 'until-failure', iterations: Number.isInteger(given) ? given : 100}
  return Number.isInteger(given) ? {mode: 'fixed', iterations: given} : {mode: 'none', iterations: 1}
}

function isParallel(invocation: Invocation, scheme: boolean): boolean {
  const given = invocation.value('-parallel-testing-enabled')
  return given === undefined ? scheme : given === 'YES'
}

function homeOfLogs(session: Session): string {
  const {context, facts} = session
  if (facts.derivedData !== undefined) return join(facts.derivedData, 'Logs/Test')
  return join(homeDirectory(context), 'Library/Developer/Xcode/DerivedData', `temporary-${session.startedAt.toString(36)}`, 'Logs/Test')
}
