import type {BundleData, StoredTest} from './bundle-data.ts'
import {durationText, ranFor} from './duration-text.ts'
import {
  average,
  configurations,
  deviceNode,
  displayOf,
  identifierOf,
  identifierURL,
  type Json,
  type JsonObject,
  messageTexts,
  resultWord,
} from './test-nodes.ts'

/** The tests that `--test-id` names: an identifier with or without parentheses, or an identifier URL. */
export function findTests(data: BundleData, id: string): readonly StoredTest[] {
  return (data.tests ?? []).filter(
    (test) =>
      identifierOf(test) === id ||
      identifierURL(test) === id ||
      identifierOf(test) === `${id}()` ||
      `${test.test.target}/${identifierOf(test)}` === id,
  )
}

/** `get test-results test-details`. */
export function detailsAnswer(data: BundleData, tests: readonly StoredTest[], comma: boolean): JsonObject {
  const [first] = tests
  if (first === undefined) return {}
  const runs = Math.max(1, first.runs.length, first.arguments.length)
  const duration = average(first.runs)
  return {
    testIdentifier: identifierOf(first),
    testIdentifierURL: identifierURL(first),
    testName: displayOf(first),
    testDescription: `Test case with ${runs} run${runs === 1 ? '' : 's'}`,
    testResult: resultWord(first.result),
    duration: runs === 1 ? ranFor(duration, comma) : `Average duration ${durationText(duration, comma)}`,
    durationInSeconds: duration / 1000,
    startTime: data.startedAt / 1000,
    hasMediaAttachments: tests.some(({attachments}) => attachments !== undefined),
    hasPerformanceMetrics: first.test.measures,
    ...(first.arguments.length === 0 ? {} : {arguments: first.arguments.map(({values}) => ({value: values}))}),
    ...(first.test.tags.length === 0 ? {} : {tags: [...first.test.tags]}),
    devices: tests.flatMap(({device}) => (data.devices[device] === undefined ? [] : [{...data.devices[device]}])),
    testPlanConfigurations: configurations(data),
    testRuns: tests.map((test) => deviceNode(test, data, comma)),
  }
}

/** `get test-results activities`. */
export function activitiesAnswer(data: BundleData, tests: readonly StoredTest[]): JsonObject {
  const [first] = tests
  if (first === undefined) return {}
  return {
    testIdentifier: identifierOf(first),
    testIdentifierURL: identifierURL(first),
    testName: displayOf(first),
    testRuns: tests.map((test) => ({
      device: {...data.devices[test.device]},
      testPlanConfiguration: configurations(data)[0],
      activities: test.runs.flatMap((run) =>
        messageTexts(test, run).map((title) => ({
          title,
          startTime: data.startedAt / 1000,
          isAssociatedWithFailure: run.result === 'failed' || run.result === 'crashed',
          childActivities: [{title: `${test.test.suite.join('.')}.${test.test.name}`, isAssociatedWithFailure: false}],
        })),
      ),
    })),
  }
}

/** `get test-results insights`. */
export function insightsAnswer(): JsonObject {
  return {longestTestRunsInsights: [], commonFailureInsights: [], failureDistributionInsights: []}
}

/** `get test-results metrics`, of one test or of all that measured. */
export function metricsAnswer(data: BundleData, tests: readonly StoredTest[]): Json {
  return tests
    .filter(({test}) => test.measures)
    .map((test) => ({
      testIdentifier: identifierOf(test),
      testIdentifierURL: identifierURL(test),
      testRuns: [
        {
          device: {deviceId: data.devices[test.device]?.deviceId, deviceName: data.devices[test.device]?.deviceName},
          testPlanConfiguration: configurations(data)[0],
          metrics: [
            {
              baselineAverage: 0,
              baselineName: '',
              displayName: 'Time',
              identifier: 'com.apple.XCTPerformanceMetric_WallClockTime',
              maxPercentRegression: 10,
              maxPercentRelativeStandardDeviation: 10,
              maxRegression: 0.1,
              maxStandardDeviation: 10,
              measurements: [0.000012, 0.00001, 0.000011],
              polarity: 'prefers smaller',
              unitOfMeasurement: 'seconds',
            },
          ],
        },
      ],
    }))
}
