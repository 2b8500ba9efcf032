import {describe, expect, it} from 'vitest'
import {readBundle, type AskBundle} from '../../../../src/worker/results/bundle/read-bundle.ts'

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
