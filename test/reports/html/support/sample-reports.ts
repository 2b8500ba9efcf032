import type {HtmlReport, HtmlTest} from '../../../../src/reports/html/client/model.ts'
import {htmlReportOf, type HtmlParts} from '../../../../src/reports/html/html-report-of.ts'
import {createLogExcerpt} from '../../../../src/reports/html/log-excerpt.ts'
import type {BuildFindings, Findings, TestFindings, TestRow} from '../../../../src/reports/findings.ts'
import {EMPTY_BUILD} from '../../empty-build.ts'
import {testRow} from '../../test-row.ts'

/** A page's data from the parts that a test cares about. */
export function reportFrom(parts: Partial<HtmlParts>): HtmlReport {
  return htmlReportOf({
    title: 'App.log',
    state: 'succeeded',
    headline: '3 tests passed',
    finished_at: '2026-01-02T03:04:05Z',
    seconds: 12.5,
    marks: [],
    troubles: [],
    findings: {build: EMPTY_BUILD, tests: null},
    again: () => null,
    phases: [],
    logs: [],
    facts: [],
    ...parts,
  })
}

export function buildFindings(build: Partial<BuildFindings>): BuildFindings {
  return {...EMPTY_BUILD, ...build}
}

export function testFindings(tests: readonly TestRow[]): TestFindings {
  const having = (outcome: TestRow['outcome']): number => tests.filter((row) => row.outcome === outcome).length
  return {
    outcome: having('failed') > 0 ? 'failed' : 'passed',
    source: 'result_bundle',
    total: tests.length,
    passed: having('passed'),
    failed: having('failed'),
    skipped: having('skipped'),
    expected_failures: having('expected_failure'),
    crashed: tests.filter(({crashed}) => crashed).length,
    retried: 0,
    restarts: 0,
    started_at: null,
    seconds: 12,
    devices: [],
    tests: [...tests],
    truncated: false,
    differences: [],
  }
}

export function findingsOf(tests: readonly TestRow[], build: Partial<BuildFindings> = {}): Findings {
  return {build: buildFindings(build), tests: testFindings(tests)}
}

/** A log that was cut by small limits, with the given lines. */
export function excerptOf(lines: readonly string[], limits?: Parameters<typeof createLogExcerpt>[0]) {
  const excerpt = createLogExcerpt(limits)
  excerpt.bytes(Buffer.from(lines.map((line) => `${line}\n`).join('')))
  return excerpt.end()
}

/** 20,000 tests, a few of which failed, thousands of warnings, a log that was cut. */
export function hugeReport(count = 20_000): HtmlReport {
  const rows = Array.from({length: count}, (_, index): TestRow => {
    const id = `BigTests/Suite${String(index % 157).padStart(3, '0')}Tests/testCase${index}`
    const device = index % 2 === 0 ? 'iPhone 17' : 'iPad Pro 13-inch'
    const seconds = ((index * 7919) % 1000) / 997
    if (index % 400 === 7)
      return testRow(id, {
        device,
        seconds,
        outcome: 'failed',
        failures: [
          {
            message: `XCTAssertEqual failed: ("${index}") is not equal to ("0")`,
            file: `Tests/Suite${index % 157}.swift`,
            line: index,
            column: null,
            details: [],
          },
        ],
      })
    if (index % 90 === 5) return testRow(id, {device, outcome: 'skipped', reason: 'needs a device'})
    return testRow(id, {device, seconds})
  })
  const diagnostics = Array.from({length: 1500}, (_, index) => ({
    severity: 'warning' as const,
    message: `variable 'unused${index}' was never used`,
    file: `Sources/Module${index % 120}/File${index % 300}.swift`,
    line: index,
    column: 9,
    category: 'compiler' as const,
    code: null,
    targets: ['App'],
    details: [],
    count: 1,
  }))
  const lines = Array.from(
    {length: 60_000},
    (_, index) => `SwiftCompile normal arm64 /src/Sources/Module${index % 120}/File${index}.swift (in target 'App' from project 'App')`,
  )
  const findings = findingsOf(rows, {diagnostics, warnings: diagnostics.length})
  return reportFrom({
    title: 'test · run 0123456789ab',
    state: 'failed',
    headline: `${findings.tests?.failed ?? 0} of ${count} tests failed, 1500 warnings, 41 min 7 s`,
    seconds: 2467,
    findings,
    again: ({test}) => `rch xcode test --set xcode_test.only_testing=${test.id}`,
    phases: [
      {name: 'build', step: null, outcome: 'succeeded', start: 0, seconds: 900},
      {name: 'test', step: null, outcome: 'failed', start: 900, seconds: 1567},
    ],
    logs: [
      {
        label: '',
        name: 'build.log',
        href: './build.log',
        excerpt: excerptOf(lines, {head: 200_000, tail: 400_000, around: 100_000, line: 2000}),
      },
    ],
  })
}

/** Rows as the page has them. */
export function rowsOf(report: HtmlReport): readonly HtmlTest[] {
  return report.tests?.rows ?? []
}
