import type {InterpreterEvent} from '@rch/contract/events'
import {createInterpreter, createSummarizer} from '@rch/interpreter'
import {verdictOf} from '../../../../src/domain/verdict.ts'
import type {HtmlReport} from '../../../../src/reports/html/client/model.ts'
import type {HtmlParts} from '../../../../src/reports/html/html-report-of.ts'
import {phasesOfFindings} from '../../../../src/reports/html/html-phases.ts'
import {createLogExcerpt, type ExcerptLimits} from '../../../../src/reports/html/log-excerpt.ts'
import {createFindingsCollector} from '../../../../src/reports/log-findings.ts'
import {headline} from '../../../../src/reports/words.ts'
import {reportFrom} from './sample-reports.ts'

/** A green run with everything around it: identity, marks, packages. */
export function greenReport(): HtmlReport {
  return reportOfLog([...BUILD, ...passing(40), '** TEST SUCCEEDED **'], {
    state: 'succeeded',
    marks: [
      {text: 'mock Xcode', tone: 'caution', detail: 'Nothing was really built.'},
      {text: 'Xcode 26.5 (17F42)', tone: 'plain', detail: ''},
      {text: 'signature valid', tone: 'good', detail: ''},
    ],
    facts: [
      {
        title: 'Run',
        rows: [
          {name: 'Run', value: 'a'.repeat(64), code: true},
          {name: 'Attempt', value: '1'},
        ],
      },
      {title: 'Packages', rows: Array.from({length: 30}, (_, index) => ({name: `Package${index}`, value: `1.${index}.0`}))},
    ],
  })
}

/** Failed tests, a crash, warnings. */
export function redReport(): HtmlReport {
  return reportOfLog(
    [
      ...BUILD,
      ...passing(30),
      "Test Case '-[AppTests.LoginTests testToken]' started.",
      '/src/Tests/LoginTests.swift:9: error: -[AppTests.LoginTests testToken] : XCTAssertEqual failed: ("401") is not equal to ("200")',
      "Test Case '-[AppTests.LoginTests testToken]' failed (0.210 seconds).",
      "Test Case '-[AppTests.LoginTests testSession]' started.",
      '/src/Tests/LoginTests.swift:27: error: -[AppTests.LoginTests testSession] : XCTUnwrap failed: expected non-nil value of type "Session"',
      "Test Case '-[AppTests.LoginTests testSession]' failed (0.020 seconds).",
      '** TEST FAILED **',
    ],
    {state: 'failed', marks: [{text: 'signature invalid', tone: 'bad', detail: 'the manifest is another one'}]},
  )
}

/** A build that does not compile. */
export function brokenReport(): HtmlReport {
  return reportOfLog(
    [
      ...BUILD,
      "/src/App/Counter.swift:20:33: error: expected ':' after '? ...' in ternary expression",
      '        value == 1 ? "1 hello" "\\(value) hellos"',
      '                                ^',
      '** BUILD FAILED **',
    ],
    {state: 'failed'},
  )
}

/** A log far longer than a page keeps, with an error in its middle. */
export function cutReport(): HtmlReport {
  const lines = Array.from({length: 120_000}, (_, index) => `line ${index + 1}`)
  lines[59_999] = '/src/App/Middle.swift:1:1: error: wrong in the middle, line 60000'
  return reportOfLog([...lines, '** BUILD FAILED **'], {state: 'failed'}, {head: 100_000, tail: 200_000, around: 100_000, line: 2000})
}

const BUILD: readonly string[] = [
  'Command line invocation:',
  '    /usr/bin/xcodebuild test -scheme App',
  '',
  "SwiftCompile normal arm64 /src/App/Counter.swift (in target 'App' from project 'App')",
  "/src/App/Counter.swift:4:9: warning: variable 'unused' was never used",
  "/src/App/Labels.swift:8:1: warning: 'old()' is deprecated",
]

function passing(count: number): string[] {
  return Array.from({length: count}, (_, index) => [
    `Test Case '-[AppTests.CounterTests testStep${index}]' started.`,
    `Test Case '-[AppTests.CounterTests testStep${index}]' passed (0.0${index % 10}1 seconds).`,
  ]).flat()
}

function reportOfLog(lines: readonly string[], parts: Partial<HtmlParts>, limits?: ExcerptLimits): HtmlReport {
  const excerpt = createLogExcerpt(limits)
  const interpreter = createInterpreter({sourceRoot: '/src'})
  const summarizer = createSummarizer()
  const collector = createFindingsCollector()
  const take = (events: readonly InterpreterEvent[]): void => {
    for (const event of events) {
      summarizer.add(event)
      collector.add(event)
      excerpt.event(event)
    }
  }
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  for (let at = 0; at < bytes.length; at += 65_536) {
    excerpt.bytes(bytes.subarray(at, at + 65_536))
    take(interpreter.push(bytes.subarray(at, at + 65_536)))
  }
  take(interpreter.end())
  const summary = summarizer.summary()
  const findings = collector.findings(summary)
  return reportFrom({
    title: 'App.log',
    headline: headline(findings, verdictOf(summary, {code: null, signal: null}).error_code),
    findings,
    again: ({test}) => `xcodebuild test -scheme App -only-testing:${test.id}`,
    phases: phasesOfFindings(findings.build.phases, null),
    logs: [{label: '', name: 'build.log', href: './build.log', excerpt: excerpt.end()}],
    ...parts,
  })
}
