import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parseLegacyRecord, parseLegacyTests} from '../../../../src/worker/results/bundle/parse-legacy.ts'
import {readBundle, type AskBundle} from '../../../../src/worker/results/bundle/read-bundle.ts'
import {folder} from './kept-answers.ts'

const typed = (type: string, fields: object): object => ({_type: {_name: type}, ...fields})
const text = (value: string): object => typed('String', {_value: value})
const array = (...values: readonly object[]): object => typed('Array', {_values: values})

describe('the typed form', () => {
  it.skipIf(folder === null)('reads only fields that the real format has', () => {
    const read: Readonly<Record<string, readonly string[]>> = {
      ActionsInvocationRecord: ['actions', 'issues', 'metrics'],
      ActionRecord: ['actionResult', 'buildResult', 'runDestination', 'startedTime', 'endedTime'],
      ActionResult: ['status', 'testsRef'],
      ActionRunDestinationRecord: ['displayName', 'targetArchitecture', 'targetDeviceRecord'],
      ActionDeviceRecord: ['name', 'modelName', 'operatingSystemVersion', 'nativeArchitecture', 'platformRecord'],
      ActionPlatformRecord: ['userDescription'],
      ActionTestPlanRunSummaries: ['summaries'],
      ActionTestPlanRunSummary: ['name', 'testableSummaries'],
      ActionTestableSummary: ['name', 'targetName', 'tests'],
      ActionTestSummaryGroup: ['name', 'subtests'],
      ActionTestMetadata: ['name', 'identifier', 'identifierURL', 'testStatus', 'duration'],
      ResultIssueSummaries: ['errorSummaries', 'warningSummaries', 'analyzerWarningSummaries', 'testFailureSummaries'],
      ResultMetrics: ['errorCount', 'warningCount', 'analyzerWarningCount'],
      IssueSummary: ['issueType', 'message', 'producingTarget', 'documentLocationInCreatingWorkspace'],
      TestFailureIssueSummary: ['testCaseName'],
      DocumentLocation: ['url'],
      Reference: ['id'],
    }
    interface Described {
      readonly type: {readonly name: string; readonly supertype?: string}
      readonly properties?: readonly {readonly name: string}[]
    }
    const {types}: {types: readonly Described[]} = JSON.parse(readFileSync(join(folder ?? '', 'legacy-formatDescription.json'), 'utf8'))
    const fieldsOf = (name: string | undefined): readonly string[] => {
      const found = types.find(({type}) => type.name === name)
      return found === undefined ? [] : [...(found.properties ?? []).map((one) => one.name), ...fieldsOf(found.type.supertype)]
    }
    for (const [name, fields] of Object.entries(read)) expect(fieldsOf(name)).toEqual(expect.arrayContaining([...fields]))
  })

  const record = typed('ActionsInvocationRecord', {
    actions: array(
      typed('ActionRecord', {
        buildResult: typed('ActionResult', {status: text('succeeded')}),
        actionResult: typed('ActionResult', {testsRef: typed('Reference', {id: text('0~abc')})}),
        runDestination: typed('ActionRunDestinationRecord', {
          displayName: text('iPhone 15'),
          targetArchitecture: text('arm64'),
          targetDeviceRecord: typed('ActionDeviceRecord', {operatingSystemVersion: text('17.2')}),
        }),
        startedTime: typed('Date', {_value: '2024-01-11T12:41:16.408+0200'}),
        endedTime: typed('Date', {_value: '2024-01-11T12:41:26.408+0200'}),
      }),
    ),
    issues: typed('ResultIssueSummaries', {
      errorSummaries: array(
        typed('IssueSummary', {
          issueType: text('Swift Compiler Error'),
          message: text('Cannot find x'),
          documentLocationInCreatingWorkspace: typed('DocumentLocation', {
            url: text('file:///w/A.swift#StartingColumnNumber=2&StartingLineNumber=4'),
          }),
        }),
      ),
      testFailureSummaries: array(
        typed('TestFailureIssueSummary', {
          testCaseName: text('CartTests.testFails()'),
          message: text('no'),
          documentLocationInCreatingWorkspace: typed('DocumentLocation', {url: text('file:///w/T.swift#StartingLineNumber=8')}),
        }),
      ),
    }),
    metrics: typed('ResultMetrics', {errorCount: typed('Int', {_value: '1'})}),
  })
  const meta = (name: string, status: string): object =>
    typed('ActionTestMetadata', {
      name: text(name),
      identifier: text(`CartTests/${name}`),
      testStatus: text(status),
      duration: typed('Double', {_value: '0.25'}),
    })
  const summaries = typed('ActionTestPlanRunSummaries', {
    summaries: array(
      typed('ActionTestPlanRunSummary', {
        name: text('Config'),
        testableSummaries: array(
          typed('ActionTestableSummary', {
            targetName: text('AppTests'),
            tests: array(
              typed('ActionTestSummaryGroup', {
                name: text('All'),
                subtests: array(
                  typed('ActionTestSummaryGroup', {
                    name: text('CartTests'),
                    subtests: array(
                      meta('testFails()', 'Failure'),
                      meta('testOk()', 'Failure'),
                      meta('testOk()', 'Success'),
                      meta('testSkips()', 'Skipped'),
                    ),
                  }),
                ),
              }),
            ),
          }),
        ),
      }),
    ),
  })

  it('gives issues, tests and repetitions', () => {
    const {build, failures, testRuns} = parseLegacyRecord(record)
    expect(build).toMatchObject({
      outcome: 'succeeded',
      errors: 1,
      issues: [{message: 'Cannot find x', file: '/w/A.swift', line: 5, column: 3, category: 'compiler'}],
    })
    expect(testRuns).toMatchObject([
      {reference: '0~abc', device: {name: 'iPhone 15', os_version: '17.2'}, started_at: '2024-01-11T10:41:16.408Z', seconds: 10},
    ])
    const rows = parseLegacyTests(summaries, 'iPhone 15', failures)
    expect(rows).toMatchObject([
      {
        test: {id: 'AppTests/CartTests/testFails'},
        outcome: 'failed',
        failures: [{message: 'no', file: '/w/T.swift', line: 9}],
        device: 'iPhone 15',
      },
      {test: {id: 'AppTests/CartTests/testOk'}, outcome: 'passed', seconds: 0.5, repetitions: [{outcome: 'failed'}, {outcome: 'passed'}]},
      {outcome: 'skipped'},
    ])
  })

  it('is what is read before Xcode 16, with and without the flag', async () => {
    for (const flagged of [true, false]) {
      const asked: string[] = []
      const ask: AskBundle = async (words) => {
        asked.push(words.join(' '))
        if (words.includes('--legacy') !== flagged) return {code: 64, stdout: '', stderr: "Error: Unknown option '--legacy'"}
        return {code: 0, stdout: JSON.stringify(words.includes('--id') ? summaries : record), stderr: ''}
      }
      const {facts, problem} = await readBundle(ask, {xcodeMajor: 15, wantTests: true})
      expect(problem).toBeNull()
      expect(facts.counts).toMatchObject({total: 3, failed: 1, passed: 1, skipped: 1, seconds: 10})
      expect(asked[0]).toBe('get object --legacy --format json')
    }
  })
})
