import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {countTests} from '../../../../src/reports/count-tests.ts'
import {humanSeconds} from '../../../../src/worker/results/bundle/human-duration.ts'
import {leadingTo, parseActivities} from '../../../../src/worker/results/bundle/parse-activities.ts'
import {parseInsights} from '../../../../src/worker/results/bundle/parse-insights.ts'
import {parseMetrics} from '../../../../src/worker/results/bundle/parse-metrics.ts'
import {parseSummary} from '../../../../src/worker/results/bundle/parse-summary.ts'
import {parseTestDetails} from '../../../../src/worker/results/bundle/parse-test-details.ts'
import {parseTests} from '../../../../src/worker/results/bundle/parse-tests.ts'
import {folder, json, sampled, samples} from './kept-answers.ts'

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
    const source = readFileSync(new URL('../../../../src/worker/results/bundle/parse-legacy.ts', import.meta.url), 'utf8')
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
