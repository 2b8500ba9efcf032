import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {countTests} from '../../../src/reports/count-tests.ts'
import {failureOf, skipReason} from '../../../src/worker/results/bundle/failure-message.ts'
import {humanSeconds} from '../../../src/worker/results/bundle/human-duration.ts'
import {BundleFormatError} from '../../../src/worker/results/bundle/json-fields.ts'
import {leadingTo, parseActivities} from '../../../src/worker/results/bundle/parse-activities.ts'
import {parseBuildResults} from '../../../src/worker/results/bundle/parse-build-results.ts'
import {parseInsights} from '../../../src/worker/results/bundle/parse-insights.ts'
import {parseLegacyRecord, parseLegacyTests} from '../../../src/worker/results/bundle/parse-legacy.ts'
import {parseMetrics} from '../../../src/worker/results/bundle/parse-metrics.ts'
import {parseSummary} from '../../../src/worker/results/bundle/parse-summary.ts'
import {parseTestDetails} from '../../../src/worker/results/bundle/parse-test-details.ts'
import {parseTests} from '../../../src/worker/results/bundle/parse-tests.ts'
import {readBundle, type AskBundle} from '../../../src/worker/results/bundle/read-bundle.ts'
import {sourcePlace} from '../../../src/worker/results/bundle/source-url.ts'
import {identityOf} from '../../../src/worker/results/bundle/test-identity.ts'
import {sharedData} from '../../support/shared-data.ts'

interface Sample {
  readonly file: string
  readonly command: string
  readonly expect: Readonly<Record<string, unknown>> & {
    readonly results?: Readonly<Record<string, number>>
    readonly failed?: readonly string[]
  }
}

const folder = sharedData === undefined ? null : join(sharedData, 'xcresulttool')
const samples: readonly Sample[] =
  folder === null
    ? []
    : readFileSync(join(folder, 'index.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
const json = (file: string): unknown => JSON.parse(readFileSync(join(folder ?? '', file), 'utf8'))
const sampled = (kind: string): readonly Sample[] => samples.filter(({command}) => command.includes(kind))

/** The same answer with the keys of every object in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member], index) => ({key, member, rank: (index * 7919 + seed * 104_729) % 101}))
  return Object.fromEntries(entries.toSorted((a, b) => a.rank - b.rank).map(({key, member}) => [key, shuffled(member, seed)]))
}

describe.skipIf(folder === null)('real answers of xcresulttool', () => {
  it.each(sampled('test-results tests'))('$file: every test with its result', ({file, expect: expected}) => {
    const {rows, devices} = parseTests(json(file))
    const {results, failed} = expected
    const counts = countTests(rows)
    expect({Passed: counts.passed, Failed: counts.failed, Skipped: counts.skipped, 'Expected Failure': counts.expected_failures}).toEqual({
      Passed: 0,
      Failed: 0,
      Skipped: 0,
      'Expected Failure': 0,
      ...results,
    })
    const ids = new Set(rows.filter(({outcome}) => outcome === 'failed').map(({test}) => test.id))
    expect([...ids].map((id) => id.replace(/\(\)$/, '').split('/').slice(1).join('/')).toSorted()).toEqual(
      failed?.map((name) => name.replace(/\(\)$/, '')).toSorted(),
    )
    expect(devices.map(({name}) => name)).toEqual(expected['devices'])
    for (const {outcome, failures, reason} of rows) {
      if (outcome === 'failed') expect(failures.length).toBeGreaterThan(0)
      if (outcome === 'expected_failure') expect(reason).not.toBeNull()
    }
  })

  it.each(sampled('test-results summary'))('$file: the counts and the failures', ({file, expect: expected}) => {
    const counts = parseSummary(json(file))
    expect([counts.total, counts.passed, counts.failed, counts.skipped, counts.expected_failures]).toEqual(
      ['totalTestCount', 'passedTests', 'failedTests', 'skippedTests', 'expectedFailures'].map((key) => expected[key]),
    )
    expect(counts.failures).toHaveLength(counts.failed)
    expect(counts.started_at).toMatch(/^20\d\d-.*Z$/)
  })

  it.each(sampled('test-results test-details'))('$file: one test with its runs', ({file}) => {
    const {rows, measured, media} = parseTestDetails(json(file))
    const name = file.split('.').at(-2) ?? ''
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map(({test}) => test.id.replace(/\(\)$/, '').split('/').at(-1)))).toEqual(new Set([name]))
    for (const row of rows) expect(row.seconds).toBeGreaterThan(0)
    expect({measured, media}).toEqual({measured: name === 'testLaunchPerformance', media: name === 'testLaunch'})
    expect(parseTestDetails(shuffled(json(file), 3))).toEqual({rows, measured, media})
  })

  it('reads the messages of a test that is asked for by itself', () => {
    expect(parseTestDetails(json('xcode26-randomstuff-c-test-details.testFoo.json')).rows).toMatchObject([
      {outcome: 'failed', device: 'iPhone 17 Pro', failures: [{message: 'XCTAssertEqual failed: ("1") is not equal to ("2")'}]},
    ])
    expect(parseTestDetails(json('xcode26-randomstuff-c-test-details.testExpectedFailure.json')).rows).toMatchObject([
      {outcome: 'expected_failure', reason: 'Working on a fix for this problem.', failures: [{}]},
    ])
    const launch = parseTestDetails(json('xcode26-randomstuff-a-test-details.testLaunch.json')).rows
    expect(launch.map((row) => [row.arguments, Math.round(row.seconds ?? 0)])).toEqual([
      ['Light Appearance, Portrait', 14],
      ['Unspecified, Portrait', 26],
      ['Dark Appearance, Portrait', 12],
      ['Dark Appearance, Landscape Right', 13],
    ])
  })

  it.each(sampled('test-results activities'))('$file: what each run did', ({file}) => {
    const {test, runs} = parseActivities(json(file))
    expect(test.id.endsWith(file.split('.').at(-2) ?? '')).toBe(true)
    expect(runs.length).toBeGreaterThan(0)
    for (const run of runs) expect(run).toMatchObject({device: 'iPhone 17 Pro', configuration: 'Test Scheme Action'})
    expect(parseActivities(shuffled(json(file), 5))).toEqual({test, runs})
  })

  it('tells the runs of a test with arguments apart, with what they left', () => {
    const {runs} = parseActivities(json('xcode26-randomstuff-a-activities.testLaunch.json'))
    expect(new Set(runs.map((run) => run.arguments)).size).toBe(4)
    const [first] = runs
    expect(first?.activities.find(({attachments}) => attachments.length > 0)?.attachments[0]).toMatch(/^Launch Screen.*\.png$/)
    expect(first?.activities.map(({depth}) => depth).slice(0, 4)).toEqual([0, 1, 1, 0])
    expect(leadingTo(first?.activities ?? [], 5)).toEqual([])
    const failed = parseActivities(json('xcode26-randomstuff-c-activities.testFoo.json')).runs
    expect(failed.map(({activities}) => activities.filter((one) => one.failed).map(({title}) => title))).toEqual([
      ['XCTAssertEqual failed: ("1") is not equal to ("2")'],
    ])
  })

  it.each(sampled('test-results metrics'))('$file: what was measured', ({file}) => {
    const rows = parseMetrics(json(file))
    expect(rows).toMatchObject(
      [
        {
          test: expect.stringMatching(/\/testP|\/testLaunchP/),
          device: 'iPhone 17 Pro',
          unit: /^s/,
          baseline: null,
          polarity: 'prefers smaller',
        },
      ].map((row) => ({...row, unit: expect.stringMatching(/^s/)})),
    )
    expect(rows[0]?.measurements.length).toBeGreaterThanOrEqual(5)
    expect(parseMetrics(shuffled(json(file), 7))).toEqual(rows)
  })

  it.each(sampled('test-results insights'))('$file: what Xcode says of the run', ({file}) => {
    const insights = parseInsights(json(file))
    expect(insights).toHaveLength(file.includes('kickstarter') ? 1 : 0)
    for (const one of insights) {
      expect(one).toMatchObject({kind: 'longest_tests', impact: '(18%)', target: 'Kickstarter-Framework-iOSTests'})
      expect(one.tests[0]).toBe('Kickstarter-Framework-iOSTests/ActivitiesViewControllerTests/testActivities_All')
      expect(one.tests).toHaveLength(12)
    }
    expect(parseInsights(shuffled(json(file), 9))).toEqual(insights)
  })

  it('has a reader for every answer that is kept', () => {
    const kinds = ['tests', 'summary', 'test-details', 'activities', 'metrics', 'insights'].map((kind) => `test-results ${kind}`)
    const known = [...kinds, 'build-results', 'formatDescription', 'object --legacy', 'get --format json']
    expect(samples.map(({command}) => command).filter((command) => !known.some((kind) => command.includes(kind)))).toEqual([])
  })

  it('asks the typed form for nothing that Apple does not describe', () => {
    const described = json('legacy-formatDescription.json') as {types: {type: {name: string}; properties?: {name: string}[]}[]}
    const properties = new Set(described.types.flatMap((type) => (type.properties ?? []).map(({name}) => name)))
    const source = readFileSync(new URL('../../../src/worker/results/bundle/parse-legacy.ts', import.meta.url), 'utf8')
    const asked = [...source.matchAll(/\w+\([^()]*?, '([a-z][A-Za-z]+)'/g)].flatMap(([, name]) => name ?? [])
    expect(asked.length).toBeGreaterThan(20)
    const ours = new Set(['error', 'warning'])
    expect([...new Set(asked)].filter((name) => !properties.has(name) && !ours.has(name))).toEqual([])
  })

  it('does not depend on the order of keys', () => {
    for (const {file} of sampled('test-results tests'))
      for (const seed of [1, 2, 3]) expect(parseTests(shuffled(json(file), seed))).toEqual(parseTests(json(file)))
  })

  it('reads the durations of the tool as people see them, whatever the locale', () => {
    for (const {file} of sampled('test-results')) {
      const walk = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return
        for (const child of Object.values(node)) walk(child)
        if (
          !('duration' in node && 'durationInSeconds' in node) ||
          typeof node.duration !== 'string' ||
          typeof node.durationInSeconds !== 'number'
        )
          return
        const seconds = humanSeconds(node.duration)
        expect(Math.abs((seconds ?? Number.NaN) - node.durationInSeconds)).toBeLessThanOrEqual(Math.max(0.05 * node.durationInSeconds, 1))
      }
      walk(json(file))
    }
  })
})

const device = (name: string, os: string, result: string, children: readonly object[] = []): object => ({
  nodeType: 'Device',
  name,
  details: os,
  nodeIdentifier: name,
  result,
  durationInSeconds: 0.5,
  children: [{nodeType: 'Test Plan Configuration', name: 'Config', nodeIdentifier: '1', result, children}],
})

describe('the tree of tests', () => {
  const tree = (children: readonly object[]): unknown => ({
    devices: [
      {deviceName: 'iPhone 17', platform: 'iOS Simulator', osVersion: '26.1'},
      {deviceName: 'iPad mini', platform: 'iOS Simulator', osVersion: '18.6'},
    ],
    testPlanConfigurations: [{configurationId: '1', configurationName: 'Config'}],
    testNodes: [
      {
        nodeType: 'Test Plan',
        name: 'Plan',
        children: [{nodeType: 'Unit test bundle', name: 'AppTests', children: [{nodeType: 'Test Suite', name: 'Suite', children}]}],
      },
    ],
  })

  it('splits a test by device and configuration, wherever they hang', () => {
    const {rows} = parseTests(
      tree([
        {
          nodeType: 'Test Case',
          name: 'testIt()',
          nodeIdentifier: 'Suite/testIt()',
          result: 'Failed',
          children: [
            device('iPhone 17', 'iOS 26.1', 'Passed'),
            device('iPad mini', 'iOS 18.6', 'Failed', [{nodeType: 'Failure Message', name: 'T.swift:9: no'}]),
          ],
        },
      ]),
    )
    expect(rows).toMatchObject([
      {
        test: {id: 'AppTests/Suite/testIt', framework: 'xctest'},
        device: 'iPhone 17',
        configuration: 'Config',
        outcome: 'passed',
        failures: [],
      },
      {device: 'iPad mini', outcome: 'failed', failures: [{message: 'no', file: 'T.swift', line: 9}]},
    ])
    expect(countTests(rows)).toMatchObject({total: 1, failed: 1})
  })

  it('keeps repetitions apart from arguments, and calls saved tests retried', () => {
    const repeat = (name: string, result: string, message?: string): object => ({
      nodeType: 'Repetition',
      name,
      result,
      durationInSeconds: 1,
      children: message === undefined ? [] : [{nodeType: 'Failure Message', name: message}],
    })
    const {rows} = parseTests(
      tree([
        {
          nodeType: 'Test Case',
          name: 'Odd',
          nodeIdentifier: 'Suite/odd(n:)',
          nodeIdentifierURL: 'test://com.apple.xcode/App/AppTests/Suite/odd(n:)',
          result: 'Failed',
          tags: ['slow'],
          children: [
            {
              nodeType: 'Arguments',
              name: '1',
              result: 'Passed',
              children: [repeat('First Run', 'Failed', 'T.swift:1: flaked'), repeat('Retry 1', 'Passed')],
            },
            {
              nodeType: 'Arguments',
              name: '2',
              result: 'Failed',
              children: [repeat('First Run', 'Failed', 'T.swift:2: no'), repeat('Retry 1', 'Failed', 'T.swift:2: no')],
            },
          ],
        },
      ]),
    )
    expect(rows).toMatchObject([
      {
        arguments: '1',
        outcome: 'passed',
        repetitions: [{outcome: 'failed', failures: [{message: 'flaked'}]}, {outcome: 'passed'}],
        tags: ['slow'],
      },
      {arguments: '2', outcome: 'failed', failures: [{message: 'no', line: 2}], repetitions: [{iteration: 1}, {iteration: 2}]},
    ])
    expect(rows[0]?.test).toEqual({
      id: 'AppTests/Suite/odd(n:)',
      target: 'AppTests',
      suite: 'Suite',
      name: 'odd(n:)',
      framework: 'swift-testing',
      display_name: 'Odd',
    })
  })

  it('fills in what the tool leaves out: results of arguments, and a failure that no run explains', () => {
    const message = {nodeType: 'Failure Message', name: 'T.swift:2: no'}
    const silent = parseTests(
      tree([
        {
          nodeType: 'Test Case',
          name: 'odd(n:)',
          result: 'Failed',
          children: [
            {nodeType: 'Arguments', name: '1'},
            {nodeType: 'Arguments', name: '2', children: [message]},
          ],
        },
        {nodeType: 'Test Case', name: 'even(n:)', result: 'Passed', children: [{nodeType: 'Arguments', name: '1'}]},
        {
          nodeType: 'Test Case',
          name: 'testIt()',
          result: 'Failed',
          children: [device('iPhone 17', 'iOS 26.1', 'Passed'), {...message, name: 'Crash: App (1): testIt()'}],
        },
      ]),
    )
    expect(silent.rows.map(({arguments: value, outcome, crashed}) => [value, outcome, crashed])).toEqual([
      ['1', 'passed', false],
      ['2', 'failed', false],
      ['1', 'passed', false],
      [null, 'passed', false],
      [null, 'failed', true],
    ])
    expect(countTests(silent.rows)).toMatchObject({total: 3, failed: 2, crashed: 1})
  })

  it('walks through kinds of nodes that it does not know', () => {
    const {rows} = parseTests(
      tree([
        {
          nodeType: 'Future Group',
          name: 'x',
          surprise: {},
          children: [
            {
              nodeType: 'Test Case',
              name: 'testIt()',
              result: 'Failed',
              children: [
                {nodeType: 'Future Wrapper', name: 'w', children: [{nodeType: 'Failure Message', name: 'inside'}]},
                {nodeType: 'Runtime Warning', name: 'rw'},
              ],
            },
          ],
        },
      ]),
    )
    expect(rows).toMatchObject([{outcome: 'failed', failures: [{message: 'inside', file: null}]}])
  })

  it.each([
    ['a list for an object', []],
    ['no kind of node', {testNodes: [{name: 'x'}]}],
    ['a number for a name', {testNodes: [{nodeType: 'Test Case', name: 4}]}],
    ['an object for children', {testNodes: [{nodeType: 'Test Plan', name: 'x', children: {}}]}],
    ['text for seconds', {testNodes: [{nodeType: 'Test Case', name: 'x', durationInSeconds: '0,5'}]}],
  ])('refuses %s', (_name, value) => {
    expect(() => parseTests(value)).toThrow(BundleFormatError)
  })

  it('throws nothing else, whatever it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const parse of [
          parseTests,
          parseSummary,
          parseBuildResults,
          parseLegacyRecord,
          parseTestDetails,
          parseActivities,
          parseMetrics,
          parseInsights,
        ])
          try {
            parse(value)
          } catch (error) {
            expect(error).toBeInstanceOf(BundleFormatError)
          }
      }),
    )
  })
})

describe('single facts', () => {
  it.each([
    ['0.0021s', 0.0021],
    ['0,0021s', 0.0021],
    ['2s', 2],
    ['1m 3s', 63],
    ['2 min 1,5 sec', 121.5],
    ['1h 2m', 3720],
    ['1.234,5s', 1234.5],
    ['1,234.5s', 1234.5],
    ['Ran for 0,0021 seconds', 0.0021],
    ['soon', null],
  ])('the duration %s', (text, seconds) => {
    expect(humanSeconds(text)).toBe(seconds)
  })

  it('corrects lines and columns that count from zero', () => {
    expect(
      sourcePlace('file:///p/My%20App/F.swift#EndingColumnNumber=4&EndingLineNumber=11&StartingColumnNumber=4&StartingLineNumber=11'),
    ).toEqual({file: '/p/My App/F.swift', line: 12, column: 5})
    expect(sourcePlace('file:///p/App.xcodeproj')).toEqual({file: '/p/App.xcodeproj', line: null, column: null})
    expect(sourcePlace('https://example.invalid/x')).toBeNull()
    expect(sourcePlace(null)).toBeNull()
  })

  it('takes messages apart', () => {
    expect(failureOf('RandomStuffTests.swift:38: XCTAssertEqual failed: ("a: b") is not equal')).toMatchObject({
      file: 'RandomStuffTests.swift',
      line: 38,
      message: 'XCTAssertEqual failed: ("a: b") is not equal',
    })
    expect(failureOf('12:30: no file here')).toMatchObject({file: null, message: '12:30: no file here'})
    expect(skipReason('Test skipped - Required API is missing.')).toBe('Required API is missing.')
  })

  it('names tests as -only-testing: takes them', () => {
    expect(identityOf('test://com.apple.xcode/App/AppTests/Suite/testA', 'Suite/testA()', 'testA()', null)).toMatchObject({
      id: 'AppTests/Suite/testA',
      framework: 'xctest',
      display_name: null,
    })
    expect(identityOf('test://com.apple.xcode/App/AppTests/A/B/works()', 'A/B/works()', 'It works', null)).toMatchObject({
      id: 'AppTests/A/B/works()',
      suite: 'A/B',
      framework: 'swift-testing',
      display_name: 'It works',
    })
    expect(identityOf(null, 'Suite/testA()', 'testA()', 'AppTests').id).toBe('AppTests/Suite/testA')
    expect(identityOf(null, 'works()', 'It works', 'AppTests')).toMatchObject({id: 'AppTests/works()', framework: 'swift-testing'})
  })
})

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

describe('reading a bundle', () => {
  it.each([
    ['a tool that fails', {code: 1, stdout: '', stderr: 'Error: corrupt'}, 'corrupt'],
    ['a tool that is killed', {code: null, stdout: '', stderr: ''}, 'signal'],
    ['silence', {code: 0, stdout: ' \n', stderr: ''}, 'nothing'],
    ['half an answer', {code: 0, stdout: '{"totalTestCount": 1', stderr: ''}, 'JSON'],
    ['another shape', {code: 0, stdout: '{"totalTestCount": "one"}', stderr: ''}, 'totalTestCount'],
  ])('calls %s a problem, never an exception', async (_name, answer, word) => {
    const {facts, problem} = await readBundle(async () => answer, {xcodeMajor: 26, wantTests: true})
    expect(problem).toContain(word)
    expect(facts.counts).toBeNull()
  })

  it('asks for no tests where none are wanted', async () => {
    const asked: string[] = []
    const ask: AskBundle = async (words) => {
      asked.push(words.join(' '))
      return {
        code: 0,
        stdout: '{"status": "failed", "errors": [{"message": "No such module", "issueType": "Swift Compiler Error"}]}',
        stderr: '',
      }
    }
    expect(await readBundle(ask, {xcodeMajor: 26, wantTests: false})).toMatchObject({
      problem: null,
      facts: {build: {outcome: 'failed', errors: 1, warnings: 0}},
    })
    expect(asked).toEqual(['get build-results'])
  })
})

describe('what further questions add', () => {
  const DEVICE = {deviceName: 'iPhone 17', deviceId: 'X'}
  const CONFIGURATION = {configurationId: '1', configurationName: 'Plan'}
  const BUNDLE: Readonly<Record<string, unknown>> = {
    'get build-results': {status: 'succeeded'},
    'get test-results summary': {
      totalTestCount: 2,
      passedTests: 0,
      failedTests: 2,
      skippedTests: 0,
      result: 'Failed',
      statistics: [{title: '1 test collected performance metrics', subtitle: '1 test run'}],
      topInsights: [{impact: '(50%)', category: 'x', text: 'y'}],
    },
    'get test-results tests': {
      devices: [DEVICE],
      testPlanConfigurations: [CONFIGURATION],
      testNodes: [
        {
          nodeType: 'UI test bundle',
          name: 'AppUITests',
          children: ['testLogin()', 'testSilent()'].map((name) => ({
            nodeType: 'Test Case',
            name,
            nodeIdentifier: `LoginTests/${name}`,
            nodeIdentifierURL: `test://com.apple.xcode/App/AppUITests/LoginTests/${name.slice(0, -2)}`,
            result: 'Failed',
            ...(name === 'testLogin()' ? {children: [{nodeType: 'Failure Message', name: 'LoginTests.swift:22: no button'}]} : {}),
          })),
        },
      ],
    },
    'get test-results activities --test-id LoginTests/testLogin()': {
      testName: 'testLogin()',
      testIdentifier: 'LoginTests/testLogin()',
      testRuns: [
        {
          device: DEVICE,
          testPlanConfiguration: CONFIGURATION,
          activities: [
            {title: 'Start Test at 2026-01-11 12:38:09.472', isAssociatedWithFailure: false},
            {
              title: 'Open com.example.App',
              isAssociatedWithFailure: false,
              childActivities: [{title: 'Launch com.example.App', isAssociatedWithFailure: false}],
            },
            {title: 'Tap "Login" Button', isAssociatedWithFailure: false},
            {title: 'no button', isAssociatedWithFailure: true},
            {title: 'Tear Down', isAssociatedWithFailure: false},
          ],
        },
      ],
    },
    'get test-results test-details --test-id LoginTests/testSilent()': {
      testName: 'testSilent()',
      testIdentifier: 'LoginTests/testSilent()',
      testResult: 'Failed',
      devices: [DEVICE],
      testPlanConfigurations: [CONFIGURATION],
      testRuns: [
        {
          nodeType: 'Device',
          name: 'iPhone 17',
          result: 'Failed',
          children: [{nodeType: 'Test Case Run', name: 'it was too quiet', result: 'Failed'}],
        },
      ],
    },
    'get test-results metrics': [
      {
        testIdentifier: 'LoginTests/testLogin()',
        testRuns: [
          {
            device: DEVICE,
            metrics: [{displayName: 'Time', identifier: 't', measurements: [1, 2], baselineAverage: 1.5, baselineName: 'Local'}],
          },
        ],
      },
    ],
    'get test-results insights': {longestTestRunsInsights: [{title: 'one is slow', impact: '(50%)', associatedTestIdentifiers: []}]},
  }
  const told = async (rich: boolean, bundle: Readonly<Record<string, unknown>> = BUNDLE) => {
    const asked: string[] = []
    const ask: AskBundle = async (words) => {
      asked.push(words.join(' '))
      const answer = bundle[words.join(' ')]
      return answer === undefined ? {code: 1, stdout: '', stderr: 'Error: no'} : {code: 0, stdout: JSON.stringify(answer), stderr: ''}
    }
    return {...(await readBundle(ask, {xcodeMajor: 26, wantTests: true, rich})), asked}
  }

  it('says what a failed test did before it failed, and what the tree leaves out', async () => {
    const {facts, problem} = await told(false)
    expect(problem).toBeNull()
    expect(facts.rows?.map(({failures}) => failures)).toMatchObject([
      [
        {
          message: 'no button',
          line: 22,
          details: ['before: Open com.example.App', 'before: Launch com.example.App', 'before: Tap "Login" Button'],
        },
      ],
      [{message: 'it was too quiet'}],
    ])
    expect(facts.performance).toMatchObject([{metric: 'Time', measurements: [1, 2], baseline: 1.5}])
    expect(facts.insights).toMatchObject([{kind: 'longest_tests', title: 'one is slow'}])
  })

  it('asks for no more where nothing was measured, and does without what it is not told', async () => {
    const bare = {
      ...BUNDLE,
      'get test-results summary': {totalTestCount: 2, passedTests: 0, failedTests: 2, skippedTests: 0, result: 'Failed'},
    }
    const {facts, asked} = await told(false, bare)
    expect(asked).not.toContain('get test-results metrics')
    expect(asked).not.toContain('get test-results insights')
    expect(facts.performance).toEqual([])
    const {problem, facts: poor} = await told(true, Object.fromEntries(Object.entries(bare).slice(0, 3)))
    expect(problem).toBeNull()
    expect(poor.rows?.map(({failures}) => failures.length)).toEqual([1, 0])
  })
})
