import type {TestOutcome, TestRun} from '../tests/test-record.ts'
import {testPathOf, type TestResult} from '../tests/run-tests.ts'
import type {BuildIssue} from '../build/issue.ts'
import type {Destination} from '../xcodebuild/destination.ts'
import type {BundleData, StoredCoverage, StoredRun, StoredTest} from './bundle-data.ts'

interface Finished {
  readonly startedAt: number
  readonly issues: readonly BuildIssue[]
  readonly results: readonly TestResult[]
  readonly steps: readonly string[]
  readonly tested: boolean
  readonly coverage: readonly StoredCoverage[] | undefined
  readonly scenario: {readonly attachments?: Readonly<Record<string, readonly string[]>>}
  readonly invocation: {readonly actions: readonly string[]}
  readonly facts: {
    readonly scheme: string
    readonly container: string
    readonly plan: string
    readonly configuration: string
    readonly destinations: readonly Destination[]
  }
}

/** The bundle of a finished session. */
export function bundleData(session: Finished, status: BundleData['status'], console: string): BundleData {
  const {facts} = session
  const action =
    session.tested || session.invocation.actions.some((word) => /test/.test(word))
      ? 'Testing'
      : session.invocation.actions.includes('archive')
        ? 'Archiving'
        : 'Building'
  return {
    mock: true,
    version: 1,
    scheme: facts.scheme,
    actionTitle: `${action} project ${facts.container} with scheme ${facts.scheme} (mock)`,
    startedAt: session.startedAt,
    finishedAt: Date.now(),
    status,
    testPlan: facts.plan,
    configuration: 'Test Scheme Action',
    devices: facts.destinations.map(({arch, id, name, model, osBuild, os, platform}) => ({
      architecture: arch,
      deviceId: id,
      deviceName: name,
      modelName: model,
      osBuildNumber: osBuild,
      osVersion: os,
      platform,
    })),
    issues: session.issues,
    tests: session.tested
      ? session.results.map((result) => stored(result, facts.destinations, session.scenario.attachments ?? {}))
      : undefined,
    ...(session.coverage === undefined ? {} : {coverage: session.coverage}),
    steps: session.steps,
    console,
  }
}

function stored(
  {test, bundle, destination, runs, result}: TestResult,
  destinations: readonly Destination[],
  attachments: Readonly<Record<string, readonly string[]>>,
): StoredTest {
  const {outcome, arguments: list, ...plain} = test
  const path = testPathOf(test)
  const left = Object.entries(attachments).find(([name]) => name === path || `${name}()` === path)?.[1]
  return {
    test: plain,
    kind: bundle.kind,
    project: bundle.project,
    device: Math.max(0, destinations.indexOf(destination)),
    result,
    runs: runs.map(storedRun),
    arguments: list.map((one) => ({values: one.values, run: storedRun({outcome: one.outcome, durationMs: 1})})),
    notEvaluated: outcome.notEvaluated,
    ...(left === undefined ? {} : {attachments: left}),
  }
}

function storedRun({outcome, durationMs}: TestRun): StoredRun {
  const {result, issues, skip, crash}: TestOutcome = outcome
  return {result, durationMs, issues, skipReason: skip?.reason, crash}
}
