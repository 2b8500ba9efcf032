import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {bench, type Bench, type RunOptions} from './support/bench.ts'

let kit: Bench
let bundle: string
let broken: string

/** A suite with one test of every kind, then a build that fails. */
beforeAll(async () => {
  kit = bench('HelloKit')
  bundle = join(kit.root, 'all.xcresult')
  broken = join(kit.root, 'broken.xcresult')
  writeFileSync(
    join(kit.project, 'Tests/HelloKitTests/Kinds.swift'),
    `import XCTest
final class Kinds: XCTestCase {
    func testFails() {
        XCTAssertEqual(1, 2, "sums")
    }
    func testSkips() throws { throw XCTSkip("later") }
    func testExpected() { XCTExpectFailure("known bug"); XCTFail() }
    func testMeasures() { measure { } }
}
`,
  )
  writeFileSync(
    join(kit.project, 'Tests/HelloKitTests/Swifts.swift'),
    `import Testing
@Suite("Words") struct Swifts {
    @Test("odd", .tags(.slow), arguments: [1, 2]) func odd(n: Int) { #expect(n % 2 == 1, "must be odd") }
    @Test(.disabled("not now")) func off() {}
}
`,
  )
  const words = ['-scheme', 'HelloKit', '-destination', 'platform=macOS', '-derivedDataPath', kit.derivedData]
  await kit.run('xcodebuild', [...words, '-resultBundlePath', bundle, 'test'])
  kit.edit('syntaxError')
  await kit.run('xcodebuild', [...words, '-resultBundlePath', broken, 'build'])
})
afterAll(() => kit[Symbol.dispose]())

async function get(path: string, words: readonly string[], options?: RunOptions): Promise<ReturnType<typeof JSON.parse>> {
  const {stdout, stderr, status} = await kit.run('xcrun', ['xcresulttool', 'get', ...words, '--path', path], options)
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

describe('test results', () => {
  it('counts and lists failures in the summary', async () => {
    const summary = await get(bundle, ['test-results', 'summary', '--compact'])
    expect(summary).toMatchObject({
      result: 'Failed',
      totalTestCount: 12,
      passedTests: 7,
      failedTests: 2,
      skippedTests: 2,
      expectedFailures: 1,
      mock: true,
    })
    expect(summary.testFailures[0]).toMatchObject({
      testName: 'testFails()',
      targetName: 'HelloKitTests',
      failureText: 'XCTAssertEqual failed: ("1") is not equal to ("2") - sums',
      testIdentifierString: 'Kinds/testFails()',
      testIdentifierURL: 'test://com.apple.xcode/HelloKit/HelloKitTests/Kinds/testFails',
    })
    expect(summary.testFailures[1]).toMatchObject({testName: 'odd', failureText: 'Expectation failed: (n % 2 → 0) == 1: must be odd'})
    expect(summary.devicesAndConfigurations[0].device).toMatchObject({
      platform: 'macOS',
      architecture: 'arm64',
      osBuildNumber: expect.stringMatching(/mock$/),
    })
  })

  it('gives the tree of tests with messages, arguments and tags', async () => {
    const {testNodes} = await get(bundle, ['test-results', 'tests'])
    const [target] = testNodes[0].children
    expect([testNodes[0].nodeType, target.nodeType, target.name]).toEqual(['Test Plan', 'Unit test bundle', 'HelloKitTests'])
    const suites = new Map(target.children.map((suite: {name: string; children: object[]}) => [suite.name, suite.children]))
    expect(suites.get('Kinds')).toMatchObject([
      {name: 'testExpected()', result: 'Expected Failure', children: [{nodeType: 'Failure Message', name: 'known bug'}]},
      {
        name: 'testFails()',
        result: 'Failed',
        nodeIdentifier: 'Kinds/testFails()',
        children: [{name: 'Kinds.swift:4: XCTAssertEqual failed: ("1") is not equal to ("2") - sums'}],
      },
      {name: 'testMeasures()', result: 'Passed'},
      {name: 'testSkips()', result: 'Skipped', children: [{name: 'Test skipped - later'}]},
    ])
    expect(suites.get('Words')).toMatchObject([
      {
        name: 'odd',
        nodeIdentifier: 'Swifts/odd(n:)',
        tags: ['slow'],
        children: [
          {nodeType: 'Arguments', name: '1', result: 'Passed'},
          {
            nodeType: 'Arguments',
            name: '2',
            result: 'Failed',
            children: [{name: 'Swifts.swift:3: Expectation failed: (n % 2 → 0) == 1: must be odd'}],
          },
        ],
      },
      {name: 'off()', result: 'Skipped', children: [{name: "Test 'off()' skipped: not now"}]},
    ])
  })

  it('answers for one test, with its own locale and order of keys', async () => {
    const details = await get(bundle, ['test-results', 'test-details', '--test-id', 'Kinds/testFails()'], {
      scenario: {decimal_comma: true, shuffle_keys: true},
    })
    expect(details).toMatchObject({
      testIdentifier: 'Kinds/testFails()',
      testResult: 'Failed',
      duration: expect.stringMatching(/^Ran for 0,\d+ seconds$/),
      testRuns: [{nodeType: 'Device', children: [{nodeType: 'Test Plan Configuration'}]}],
    })
    const activities = await get(bundle, ['test-results', 'activities', '--test-id', 'Kinds/testFails()'])
    expect(activities.testRuns[0].activities[0]).toMatchObject({isAssociatedWithFailure: true})
    expect(await get(bundle, ['test-results', 'insights'])).toEqual({
      longestTestRunsInsights: [],
      commonFailureInsights: [],
      failureDistributionInsights: [],
    })
    expect(await get(bundle, ['test-results', 'metrics'])).toMatchObject([
      {testIdentifier: 'Kinds/testMeasures()', testRuns: [{metrics: [{displayName: 'Time'}]}]},
    ])
  })

  it('shuffles keys only when asked', async () => {
    const texts = new Set<string>()
    for (let time = 0; time < 3; time += 1)
      texts.add(
        (await kit.run('xcrun', ['xcresulttool', 'get', 'test-results', 'summary', '--path', bundle], {scenario: {shuffle_keys: true}}))
          .stdout,
      )
    expect(texts.size).toBe(3)
  })

  it('exports, merges and tells what there is', async () => {
    const folder = join(kit.root, 'attachments')
    expect((await kit.run('xcrun', ['xcresulttool', 'export', 'attachments', '--path', bundle, '--output-path', folder])).status).toBe(0)
    expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toEqual([])
    await kit.run('xcrun', ['xcresulttool', 'export', 'diagnostics', '--path', bundle, '--output-path', folder])
    expect(existsSync(join(folder, 'mock-diagnostics.txt'))).toBe(true)
    const merged = join(kit.root, 'merged.xcresult')
    expect((await kit.run('xcrun', ['xcresulttool', 'merge', bundle, bundle, '--output-path', merged])).status).toBe(0)
    const {testNodes} = await get(merged, ['test-results', 'tests'])
    expect(testNodes[0].children[0].children[0].children[0].children.map(({nodeType}: {nodeType: string}) => nodeType)).toEqual([
      'Device',
      'Device',
    ])
    expect(await get(bundle, ['content-availability'])).toMatchObject({hasTestResults: true, logs: ['build', 'action', 'console']})
    expect(await get(bundle, ['log', '--type', 'console'])).toMatchObject({
      items: expect.arrayContaining([{kind: 'output', content: expect.stringContaining('Test Suite')}]),
    })
  })
})

describe('build results', () => {
  it('counts lines and columns from zero', async () => {
    const results = await get(broken, ['build-results'])
    expect(results).toMatchObject({status: 'failed', errorCount: 1, warningCount: 0})
    expect(results.errors[0]).toMatchObject({
      issueType: 'Swift Compiler Error',
      targetName: 'HelloKit',
      sourceURL: expect.stringMatching(/^file:\/\/\/.*\/Greeter\.swift#.*StartingLineNumber=10$/),
    })
  })

  it('keeps the legacy form behind its flag', async () => {
    const refused = await kit.run('xcrun', ['xcresulttool', 'get', '--format', 'json', '--path', bundle])
    expect([refused.status, refused.stderr]).toEqual([64, expect.stringContaining('--legacy')])
    const record = await get(bundle, ['object', '--legacy', '--format', 'json'])
    expect(record).toMatchObject({
      _type: {_name: 'ActionsInvocationRecord'},
      metrics: {testsCount: {_type: {_name: 'Int'}, _value: '12'}, testsFailedCount: {_value: '2'}},
    })
    const id = /"testsRef":\{.*?"id":\{.*?"_value":"([^"]+)"/.exec(JSON.stringify(record))?.[1] ?? ''
    const summaries = await get(bundle, ['object', '--legacy', '--format', 'json', '--id', id])
    expect(JSON.stringify(summaries)).toMatch(/"ActionTestableSummary"\},"name":\{"_type":\{"_name":"String"\},"_value":"HelloKitTests"\}/)
  })

  it.each([
    ['a bundle that is not there', ['get', 'test-results', 'summary', '--path', '/nowhere.xcresult'], 1, /doesn't exist/],
    ['a question without a bundle', ['get', 'build-results'], 64, /Missing expected argument '--path/],
    ['an unknown question', ['get', 'weather', '--path', '/x'], 1, /doesn't exist/],
    ['an unknown test', ['get', 'test-results', 'test-details', '--test-id', 'No/no()', '--path', 'BUNDLE'], 1, /was not found/],
    ['tests of a build', ['get', 'test-results', 'tests', '--path', 'BROKEN'], 1, /no test results/],
  ])('refuses %s', async (_, words, status, message) => {
    const ran = await kit.run('xcrun', [
      'xcresulttool',
      ...words.map((word) => (word === 'BUNDLE' ? bundle : word === 'BROKEN' ? broken : word)),
    ])
    expect([ran.status, ran.stderr]).toEqual([status, expect.stringMatching(message)])
  })
})
