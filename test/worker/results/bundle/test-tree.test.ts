import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {countTests} from '../../../../src/reports/count-tests.ts'
import {BundleFormatError} from '../../../../src/worker/results/bundle/json-fields.ts'
import {parseActivities} from '../../../../src/worker/results/bundle/parse-activities.ts'
import {parseBuildResults} from '../../../../src/worker/results/bundle/parse-build-results.ts'
import {parseInsights} from '../../../../src/worker/results/bundle/parse-insights.ts'
import {parseLegacyRecord} from '../../../../src/worker/results/bundle/parse-legacy.ts'
import {parseMetrics} from '../../../../src/worker/results/bundle/parse-metrics.ts'
import {parseSummary} from '../../../../src/worker/results/bundle/parse-summary.ts'
import {parseTestDetails} from '../../../../src/worker/results/bundle/parse-test-details.ts'
import {parseTests} from '../../../../src/worker/results/bundle/parse-tests.ts'

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
