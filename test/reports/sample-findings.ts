import {summarize, createInterpreter} from '@rch/interpreter'
import {createFindingsCollector} from '../../src/reports/log-findings.ts'
import type {Findings, FindingDiagnostic, TestFindings, TestRow} from '../../src/reports/findings.ts'
import {EMPTY_BUILD} from './empty-build.ts'
import {testRow} from './test-row.ts'

/** What a log's text comes to. */
export function findingsOf(log: string | Uint8Array): Findings {
  const interpreter = createInterpreter({sourceRoot: '/w'})
  const events = [...interpreter.push(typeof log === 'string' ? Buffer.from(log) : log), ...interpreter.end()]
  const collector = createFindingsCollector()
  for (const event of events) collector.add(event)
  return collector.findings(summarize(events))
}

export function failed(id: string, message: string, file: string | null = 'Tests/A.swift', line: number | null = 3): TestRow {
  return testRow(id, {outcome: 'failed', failures: [{message, file, line, column: null, details: []}]})
}

export function diagnostic(message: string, fields: Partial<FindingDiagnostic> = {}): FindingDiagnostic {
  return {
    severity: 'error',
    message,
    file: 'Sources/A.swift',
    line: 7,
    column: 2,
    category: 'compiler',
    code: null,
    details: [],
    targets: [],
    count: 1,
    ...fields,
  }
}

export function findings(rows: readonly TestRow[], diagnostics: readonly FindingDiagnostic[] = []): Findings {
  const having = (outcome: TestRow['outcome']): number => rows.filter((one) => one.outcome === outcome).length
  const errors = diagnostics.filter(({severity}) => severity === 'error').length
  const tests: TestFindings | null =
    rows.length === 0
      ? null
      : {
          outcome: having('failed') > 0 ? 'failed' : 'passed',
          source: 'result_bundle',
          total: rows.length,
          passed: having('passed'),
          failed: having('failed'),
          skipped: having('skipped'),
          expected_failures: having('expected_failure'),
          crashed: 0,
          retried: 0,
          restarts: 0,
          started_at: null,
          seconds: 1,
          devices: [],
          tests: rows,
          truncated: false,
          differences: [],
        }
  return {
    build: {
      ...EMPTY_BUILD,
      outcome: errors > 0 ? 'failed' : 'succeeded',
      errors,
      warnings: diagnostics.filter(({severity}) => severity === 'warning').length,
      diagnostics,
    },
    tests,
  }
}

/** Texts that have broken somebody's report: markup, commands, control and bidirectional characters, half characters. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE tests; --",
  '</failure></testcase><testcase name="fake"/>',
  ']]><evil/><![CDATA[',
  '<!-- -- -->',
  '&lt;already&gt; &amp;#60;',
  '[link](javascript:alert(1)) ![img](https://example.invalid/x.png)',
  '| a | table | breaks |',
  '```\nfence\n```',
  '`` `code` ``',
  '@everyone #1 https://example.invalid',
  '::error file=a,line=1::injected',
  'text\n::stop-commands::token\n::set-env name=PATH::/evil',
  '100%25 %0A::warning::x',
  '##[error]old style',
  'file:a,b:c%2C',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007',
  'over\rwrite\bback',
  '\u0000nul\u0001\u0008\u000b\u001f\u007f\u0085',
  'left\u202eright\u2066iso\u2069\u200f',
  'zero\u200bwidth\ufeff',
  'half \ud83d surrogate \udc00',
  '\ufffe\uffff\ufdd0',
  'line\u2028sep\u2029par',
  '😱 emoji 🏷️ 👨‍👩‍👧 ünïcödé 日本語',
  '__proto__',
  '',
  ' ',
  'x'.repeat(10_000),
]
