import type {BundleData, StoredTest} from './bundle-data.ts'
import {configurations, displayOf, identifierOf, identifierURL, issueText, type JsonObject, worst} from './test-nodes.ts'
import {macosVersion} from '../mock-version.ts'

/** `get test-results summary`. */
export function summaryAnswer(data: BundleData): JsonObject {
  const tests = data.tests ?? []
  const measured = tests.filter(({test}) => test.measures).length
  return {
    title: `Test - ${data.scheme}`,
    environmentDescription: `${data.scheme} · Built with macOS ${macosVersion} (mock)`,
    startTime: data.startedAt / 1000,
    finishTime: data.finishedAt / 1000,
    result: worst(tests),
    ...counts(unique(tests)),
    totalTestCount: unique(tests).length,
    statistics:
      measured === 0
        ? []
        : [
            {
              title: `${measured} test${measured === 1 ? '' : 's'} collected performance metrics`,
              subtitle: `${measured} test run${measured === 1 ? '' : 's'}`,
            },
          ],
    devicesAndConfigurations: data.devices.map((device, index) => ({
      device: {...device},
      testPlanConfiguration: configurations(data)[0],
      ...counts(tests.filter((test) => test.device === index)),
    })),
    testFailures: tests.flatMap((test, index) => failures(test, index)),
    topInsights: [],
    mock: true,
  }
}

function failures(test: StoredTest, index: number): readonly JsonObject[] {
  if (test.result !== 'failed' && test.result !== 'crashed') return []
  const last = test.runs.findLast(({result}) => result === 'failed' || result === 'crashed')
  const texts = [
    ...(last?.issues ?? []).filter(({expected}) => expected === undefined).map(issueText),
    ...(last?.crash === undefined ? [] : [`Crash: ${test.test.target} (mock): ${last.crash}`]),
  ]
  return texts.map((failureText) => ({
    testName: displayOf(test),
    targetName: test.test.target,
    failureText,
    testIdentifier: index + 1,
    testIdentifierString: identifierOf(test),
    testIdentifierURL: identifierURL(test),
  }))
}

function counts(tests: readonly StoredTest[]): JsonObject {
  const count = (...results: readonly StoredTest['result'][]): number => tests.filter(({result}) => results.includes(result)).length
  return {
    passedTests: count('passed'),
    failedTests: count('failed', 'crashed'),
    skippedTests: count('skipped'),
    expectedFailures: count('expected-failure'),
  }
}

/** A test that ran on several devices is one; its worst result stands. */
function unique(tests: readonly StoredTest[]): readonly StoredTest[] {
  const rank: readonly StoredTest['result'][] = ['crashed', 'failed', 'expected-failure', 'passed', 'skipped']
  const best = new Map<string, StoredTest>()
  for (const test of tests) {
    const key = `${test.test.target}/${identifierOf(test)}`
    const known = best.get(key)
    if (known === undefined || rank.indexOf(test.result) < rank.indexOf(known.result)) best.set(key, test)
  }
  return [...best.values()]
}
