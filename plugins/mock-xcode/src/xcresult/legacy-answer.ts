import {createHash} from 'node:crypto'
import type {BuildIssue} from '../build/issue.ts'
import type {BundleData, StoredTest} from './bundle-data.ts'
import {placeURL} from './build-answers.ts'
import {identifierOf, identifierURL, issueText, type Json, type JsonObject, resultWord} from './test-nodes.ts'

/** `get object --legacy`: every scalar is typed text. Without an id the root record. Undefined: no object has this id. */
export function legacyAnswer(data: BundleData, id: string | undefined): JsonObject | undefined {
  if (id === undefined) return invocationRecord(data)
  if (id === reference('tests')) return testSummaries(data)
  const test = (data.tests ?? []).find((candidate) => summaryId(candidate) === id)
  return test === undefined ? undefined : testSummary(test)
}

function invocationRecord(data: BundleData): JsonObject {
  const tests = data.tests ?? []
  const failed = tests.filter(({result}) => result === 'failed' || result === 'crashed')
  const errors = data.issues.filter(({severity}) => severity === 'error')
  const warnings = data.issues.filter(({severity}) => severity === 'warning')
  const issues = object('ResultIssueSummaries', {
    ...(errors.length === 0 ? {} : {errorSummaries: array(errors.map(issueSummary))}),
    ...(warnings.length === 0 ? {} : {warningSummaries: array(warnings.map(issueSummary))}),
    ...(failed.length === 0 ? {} : {testFailureSummaries: array(failed.map(failureSummary))}),
  })
  const metrics = object('ResultMetrics', {
    ...(errors.length === 0 ? {} : {errorCount: int(errors.length)}),
    ...(warnings.length === 0 ? {} : {warningCount: int(warnings.length)}),
    ...(tests.length === 0 ? {} : {testsCount: int(tests.length)}),
    ...(failed.length === 0 ? {} : {testsFailedCount: int(failed.length)}),
  })
  const status = text(data.status)
  return object('ActionsInvocationRecord', {
    actions: array([
      object('ActionRecord', {
        actionResult: object('ActionResult', {
          resultName: text('action'),
          status,
          issues,
          metrics,
          ...(data.tests === undefined ? {} : {testsRef: object('Reference', {id: text(reference('tests'))})}),
        }),
        buildResult: object('ActionResult', {resultName: text('build'), status, issues, metrics}),
        schemeCommandName: text(data.tests === undefined ? 'Build' : 'Test'),
        startedTime: date(data.startedAt),
        endedTime: date(data.finishedAt),
        title: text(data.actionTitle),
      }),
    ]),
    issues,
    metadataRef: object('Reference', {id: text(reference('metadata'))}),
    metrics,
  })
}

function testSummaries(data: BundleData): JsonObject {
  const tests = data.tests ?? []
  const bundles = [...new Set(tests.map(({test}) => test.target))]
  return object('ActionTestPlanRunSummaries', {
    summaries: array([
      object('ActionTestPlanRunSummary', {
        name: text(data.configuration),
        testableSummaries: array(
          bundles.map((target) => {
            const inside = tests.filter(({test}) => test.target === target)
            const suites = [...new Set(inside.map(({test}) => test.suite.join('/')))]
            return object('ActionTestableSummary', {
              name: text(target),
              targetName: text(target),
              projectRelativePath: text(`${inside[0]?.project ?? ''}.xcodeproj`),
              tests: array([
                object('ActionTestSummaryGroup', {
                  name: text('All tests'),
                  identifier: text('All tests'),
                  subtests: array(
                    suites.map((suite) =>
                      object('ActionTestSummaryGroup', {
                        name: text(suite),
                        identifier: text(suite),
                        subtests: array(inside.filter(({test}) => test.suite.join('/') === suite).map(testMetadata)),
                      }),
                    ),
                  ),
                }),
              ]),
            })
          }),
        ),
      }),
    ]),
  })
}

function testMetadata(test: StoredTest): JsonObject {
  return object('ActionTestMetadata', {
    name: text(test.test.name),
    identifier: text(identifierOf(test)),
    identifierURL: text(identifierURL(test)),
    testStatus: text(statusWord(test)),
    duration: double((test.runs.at(-1)?.durationMs ?? 0) / 1000),
    summaryRef: object('Reference', {id: text(summaryId(test))}),
  })
}

function testSummary(test: StoredTest): JsonObject {
  const run = test.runs.at(-1)
  return object('ActionTestSummary', {
    name: text(test.test.name),
    identifier: text(identifierOf(test)),
    testStatus: text(statusWord(test)),
    duration: double((run?.durationMs ?? 0) / 1000),
    ...(run === undefined || run.issues.length === 0
      ? {}
      : {
          failureSummaries: array(
            run.issues.map((issue) =>
              object('ActionTestFailureSummary', {
                message: text(issueText(issue)),
                fileName: text(issue.file),
                lineNumber: int(issue.line),
                issueType: text('Assertion Failure'),
              }),
            ),
          ),
        }),
  })
}

function issueSummary(issue: BuildIssue): JsonObject {
  return object('IssueSummary', {
    issueType: text(
      issue.file?.endsWith('.swift') === true ? `Swift Compiler ${issue.severity === 'error' ? 'Error' : 'Warning'}` : 'Uncategorized',
    ),
    message: text(issue.message),
    ...(issue.target === undefined ? {} : {producingTarget: text(issue.target)}),
    ...(issue.file === undefined
      ? {}
      : {
          documentLocationInCreatingWorkspace: object('DocumentLocation', {
            concreteTypeName: text('DVTTextDocumentLocation'),
            url: text(placeURL(issue.file, issue.line, issue.column)),
          }),
        }),
  })
}

function failureSummary(test: StoredTest): JsonObject {
  const issue = test.runs.at(-1)?.issues.find(({expected}) => expected === undefined)
  return object('TestFailureIssueSummary', {
    issueType: text('Uncategorized'),
    message: text(issue === undefined ? (test.runs.at(-1)?.crash ?? '') : issueText(issue)),
    producingTarget: text(test.test.target),
    testCaseName: text([...test.test.suite, test.test.name].join('.')),
    ...(issue === undefined
      ? {}
      : {
          documentLocationInCreatingWorkspace: object('DocumentLocation', {
            concreteTypeName: text('DVTTextDocumentLocation'),
            url: text(placeURL(issue.file, issue.line, issue.column)),
          }),
        }),
  })
}

function statusWord({result}: StoredTest): string {
  return result === 'passed' ? 'Success' : result === 'failed' || result === 'crashed' ? 'Failure' : resultWord(result)
}

function summaryId(test: StoredTest): string {
  return reference(`${test.test.target}/${identifierOf(test)}/${test.device}`)
}

function reference(seed: string): string {
  return `0~${createHash('sha512').update(`mock ${seed}`).digest('base64url')}`
}

function object(type: string, fields: {readonly [key: string]: Json}): JsonObject {
  return {_type: {_name: type}, ...fields}
}

function array(values: readonly Json[]): JsonObject {
  return {_type: {_name: 'Array'}, _values: values}
}

const scalar =
  (type: string) =>
  (value: string): JsonObject => ({_type: {_name: type}, _value: value})
const text = scalar('String')
const int = (value: number): JsonObject => scalar('Int')(String(value))
const double = (value: number): JsonObject => scalar('Double')(String(value))
const date = (value: number): JsonObject => scalar('Date')(new Date(value).toISOString().replace('Z', '+0000'))
