import {basename} from 'node:path'
import type {TestIssue, TestOutcome} from '../tests/test-record.ts'
import type {BundleData, StoredRun, StoredTest} from './bundle-data.ts'
import {durationText} from './duration-text.ts'

export type Json = string | number | boolean | null | undefined | readonly Json[] | {readonly [key: string]: Json}
export type JsonObject = {readonly [key: string]: Json}

const results: Readonly<Record<TestOutcome['result'], string>> = {
  passed: 'Passed',
  failed: 'Failed',
  crashed: 'Failed',
  skipped: 'Skipped',
  'expected-failure': 'Expected Failure',
}

export function resultWord(result: TestOutcome['result']): string {
  return results[result]
}

/** `Suite/name()`. */
export function identifierOf({test}: StoredTest): string {
  return [...test.suite, test.name].join('/')
}

/** `test://com.apple.xcode/Project/Bundle/Suite/name`; Swift Testing keeps the parentheses. */
export function identifierURL({test, project}: StoredTest): string {
  const name = test.framework === 'xctest' ? test.name.replace(/\(\)$/, '') : test.name
  return `test://com.apple.xcode/${[project, test.target, ...test.suite, name].map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/')}`
}

/** What is said about one issue, with its place: `File.swift:38: message`. */
export function issueMessage(issue: TestIssue): string {
  return `${basename(issue.file)}:${issue.line}: ${issueText(issue)}`
}

export function issueText({message, comments, expected}: TestIssue): string {
  if (expected !== undefined && expected !== '') return expected
  return comments.length === 0 ? message : `${message}: ${comments.join(', ')}`
}

export function displayOf({test}: StoredTest): string {
  return test.display ?? test.name
}

/** `get test-results tests`. */
export function testsAnswer(data: BundleData, comma: boolean): JsonObject {
  const tests = data.tests ?? []
  const bundles = [...new Set(tests.map(({test}) => test.target))]
  const plan: JsonObject = {
    nodeType: 'Test Plan',
    name: data.testPlan,
    result: worst(tests),
    children: bundles.map((target) =>
      bundleNode(
        target,
        tests.filter(({test}) => test.target === target),
        data,
        comma,
      ),
    ),
  }
  return {testPlanConfigurations: configurations(data), devices: data.devices.map((device) => ({...device})), testNodes: [plan]}
}

export function configurations({configuration}: BundleData): readonly JsonObject[] {
  return [{configurationId: '1', configurationName: configuration}]
}

function bundleNode(target: string, tests: readonly StoredTest[], data: BundleData, comma: boolean): JsonObject {
  const [first] = tests
  return {
    nodeType: first?.kind === 'ui-test' ? 'UI test bundle' : 'Unit test bundle',
    name: target,
    nodeIdentifierURL: `test://com.apple.xcode/${encodeURIComponent(first?.project ?? '')}/${encodeURIComponent(target)}`,
    result: worst(tests),
    children: suiteNodes(tests, 0, data, comma),
  }
}

function suiteNodes(tests: readonly StoredTest[], depth: number, data: BundleData, comma: boolean): readonly JsonObject[] {
  const names = [...new Set(tests.map(({test}) => test.suite[depth]))]
  return names.flatMap((name): readonly JsonObject[] => {
    const inside = tests.filter(({test}) => test.suite[depth] === name)
    const [first] = inside
    if (name === undefined || first === undefined) return caseNodes(inside, data, comma)
    const display = inside.map(({test}) => test.suiteDisplays[depth] ?? null).find((text) => text !== null)
    return [
      {
        nodeType: 'Test Suite',
        name: display ?? name,
        nodeIdentifierURL: `test://com.apple.xcode/${[first.project, first.test.target, ...first.test.suite.slice(0, depth + 1)].map(encodeURIComponent).join('/')}`,
        result: worst(inside),
        children: suiteNodes(inside, depth + 1, data, comma),
      },
    ]
  })
}

/** One case per test; with several devices each has its own node below. */
function caseNodes(tests: readonly StoredTest[], data: BundleData, comma: boolean): readonly JsonObject[] {
  const identifiers = [...new Set(tests.map(identifierOf))]
  return identifiers.flatMap((identifier): readonly JsonObject[] => {
    const same = tests.filter((test) => identifierOf(test) === identifier)
    const [first] = same
    if (first === undefined) return []
    const duration = same.reduce((sum, {runs}) => sum + average(runs), 0) / same.length
    const failedRuns = first.runs.filter(({result}) => result === 'failed' || result === 'crashed').length
    return [
      {
        nodeType: 'Test Case',
        name: displayOf(first),
        nodeIdentifier: identifier,
        nodeIdentifierURL: identifierURL(first),
        result: worst(same),
        duration: durationText(duration, comma),
        durationInSeconds: duration / 1000,
        ...(first.runs.length > 1 && failedRuns === first.runs.length ? {details: `Failed after ${first.runs.length - 1} retries`} : {}),
        ...(first.test.tags.length === 0 ? {} : {tags: [...first.test.tags]}),
        ...children(same.length > 1 ? same.map((test) => deviceNode(test, data, comma)) : runNodes(first, comma)),
      },
    ]
  })
}

export function deviceNode(test: StoredTest, data: BundleData, comma: boolean): JsonObject {
  const device = data.devices[test.device]
  const duration = average(test.runs)
  const shared = {result: resultWord(test.result), duration: durationText(duration, comma), durationInSeconds: duration / 1000}
  return {
    nodeType: 'Device',
    name: device?.deviceName ?? '',
    nodeIdentifier: device?.deviceId ?? '',
    details: `${device?.platform ?? ''} ${device?.osVersion ?? ''}`,
    ...shared,
    children: [
      {nodeType: 'Test Plan Configuration', name: data.configuration, nodeIdentifier: '1', ...shared, ...children(runNodes(test, comma))},
    ],
  }
}

export function average(runs: readonly StoredRun[]): number {
  return runs.reduce((sum, {durationMs}) => sum + durationMs, 0) / Math.max(1, runs.length)
}

const ordinals = ['First Run', 'Retry 1', 'Retry 2', 'Retry 3']

function runNodes(test: StoredTest, comma: boolean): readonly JsonObject[] {
  if (test.arguments.length > 0) {
    return test.arguments.map(({values, run}) => ({
      nodeType: 'Arguments',
      name: values,
      result: resultWord(run.result),
      ...children(messages(test, run)),
    }))
  }
  if (test.runs.length <= 1) return test.runs.flatMap((run) => messages(test, run))
  return test.runs.map((run, index) => ({
    nodeType: 'Repetition',
    name: ordinals[index] ?? `Retry ${index}`,
    nodeIdentifier: String(index + 1),
    result: resultWord(run.result),
    duration: durationText(run.durationMs, comma),
    durationInSeconds: run.durationMs / 1000,
    ...children(messages(test, run)),
  }))
}

export function messages(test: StoredTest, run: StoredRun): readonly JsonObject[] {
  return messageTexts(test, run).map((name) => ({nodeType: 'Failure Message', name}))
}

/** Failures, a crash, the reason of a skip. */
export function messageTexts(test: StoredTest, run: StoredRun): readonly string[] {
  const said = run.issues.map((issue) => (issue.expected === undefined || issue.expected === '' ? issueMessage(issue) : issue.expected))
  const crash = run.crash === undefined ? [] : [`Crash: ${test.test.target} (mock): ${run.crash}`]
  if (run.result !== 'skipped') return [...said, ...crash]
  const reason = run.skipReason ?? ''
  if (test.test.framework === 'xctest') return [...said, `Test skipped${reason === '' ? '' : ` - ${reason}`}`]
  return [...said, `Test '${displayOf(test)}' skipped${reason === '' ? '' : `: ${reason}`}`]
}

function children(list: readonly JsonObject[]): {readonly children?: readonly JsonObject[]} {
  return list.length === 0 ? {} : {children: list}
}

export function worst(tests: readonly Pick<StoredTest, 'result'>[]): string {
  for (const result of ['crashed', 'failed', 'expected-failure', 'passed'] as const)
    if (tests.some((test) => test.result === result))
      return result === 'expected-failure' && tests.length > 1 ? 'Passed' : resultWord(result)
  return tests.length === 0 ? 'unknown' : 'Skipped'
}
