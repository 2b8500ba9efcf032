import type {FailurePlace} from '@rch/contract/events'
import type {Findings, TestRow} from './findings.ts'
import {placeText} from './words.ts'

/**
 * JUnit XML as CI systems read it: the shape that Maven Surefire writes and Jenkins' xunit plugin checks against its `junit-10.xsd`, the
 * strictest of the readers; GitLab, Azure and GitHub actions accept it, too. It has no attribute for a test's file, so the place stands
 * first in the failure's text, where those readers look for it. One `testsuite` per test class and device, one `testcase` per test and
 * argument. A test that passed on a retry carries `flakyFailure`, one that failed each time `rerunFailure`. An expected failure is a passed
 * case that says so in `system-out`. A build that failed before any test is one `error` case, so that no CI shows green for it.
 */
export function junitXml(findings: Findings, title: string): string {
  const suites = suitesOf(findings)
  const all = suites.flatMap(({cases}) => cases)
  const {skipped: _skipped, ...totals} = counts(all)
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({name: title, ...totals, time: time(sum(all))})}>`]
  for (const suite of suites) lines.push(...suiteLines(suite))
  lines.push('</testsuites>')
  return `${lines.join('\n')}\n`
}

interface Suite {
  readonly name: string
  readonly device: string | null
  readonly cases: Case[]
}

interface Case {
  readonly name: string
  readonly classname: string
  readonly seconds: number
  readonly result: 'passed' | 'failure' | 'error' | 'skipped'
  readonly body: readonly string[]
}

function suitesOf({build, tests}: Findings): readonly Suite[] {
  const suites = new Map<string, Suite>()
  for (const row of tests?.tests ?? []) {
    const classname = classOf(row)
    const key = `${classname}\0${row.device ?? ''}\0${row.configuration ?? ''}`
    const suite = suites.get(key) ?? {name: classname, device: row.device, cases: []}
    suites.set(key, suite)
    suite.cases.push(caseOf(row, classname))
  }
  const broken = build.outcome === 'failed' ? brokenBuild(build) : []
  return [...(broken.length > 0 ? [{name: 'build', device: null, cases: broken}] : []), ...suites.values()]
}

function caseOf(row: TestRow, classname: string): Case {
  const result =
    row.outcome === 'failed' ? 'failure' : row.outcome === 'unknown' ? 'error' : row.outcome === 'skipped' ? 'skipped' : 'passed'
  return {
    name:
      row.arguments === null ? (row.test.display_name ?? row.test.name) : `${row.test.display_name ?? row.test.name} [${row.arguments}]`,
    classname,
    seconds: row.seconds ?? 0,
    result: row.crashed && result === 'failure' ? 'error' : result,
    body: bodyOf(row),
  }
}

/** Children in the order of the schema: the result, then repetitions, then output. */
function bodyOf(row: TestRow): readonly string[] {
  const failures: readonly FailurePlace[] =
    row.failures.length > 0 ? row.failures : [{message: silent(row), file: null, line: null, column: null, details: []}]
  switch (row.outcome) {
    case 'failed': {
      const element = row.crashed ? 'error' : 'failure'
      // Surefire knows one result per case; further failures follow in its text.
      const [first] = failures
      const type = row.crashed ? 'crash' : row.timed_out ? 'timeout' : 'assertion'
      const again = row.repetitions.slice(1).flatMap((one) => (one.outcome === 'failed' ? [rerun('rerunFailure', one.failures)] : []))
      return [
        `<${element}${attributes({message: first?.message ?? '', type})}>${text(failures.map(failureText).join('\n\n'))}</${element}>`,
        ...again,
      ]
    }
    case 'skipped':
      return [`<skipped${row.reason === null ? '' : attributes({message: row.reason})}/>`]
    case 'unknown':
      return [`<error${attributes({message: 'The test started, and nothing says how it ended.', type: 'unfinished'})}/>`]
    case 'passed':
      return row.repetitions.flatMap((one) => (one.outcome === 'failed' ? [rerun('flakyFailure', one.failures)] : []))
    default:
      return [
        `<system-out>${text(`expected failure: ${[...new Set([row.reason, ...row.failures.map(failureText)])].filter((one) => one !== null).join('\n')}`)}</system-out>`,
      ]
  }
}

function rerun(element: 'rerunFailure' | 'flakyFailure', failures: readonly FailurePlace[]): string {
  const [first] = failures
  return `<${element}${attributes({message: first?.message ?? '', type: 'assertion'})}>${text(failures.map(failureText).join('\n\n'))}</${element}>`
}

function silent(row: TestRow): string {
  return row.crashed ? 'The test process crashed.' : row.timed_out ? 'The test took longer than its time allowance.' : 'The test failed.'
}

function brokenBuild(build: Findings['build']): Case[] {
  const errors = build.diagnostics.filter(({severity}) => severity === 'error')
  const messages = [
    ...errors.map((error) => ({message: error.message, place: error, details: error.details})),
    ...build.unmarked_failures.map((message) => ({message, place: null, details: []})),
  ]
  const [first] = messages
  const all = messages.map(({message, place, details}) =>
    failureText({message, file: place?.file ?? null, line: place?.line ?? null, column: place?.column ?? null, details}),
  )
  const message = first?.message ?? build.failed_commands[0]?.text ?? 'The build failed.'
  return [
    {
      name: 'build',
      classname: 'xcodebuild',
      seconds: build.phases.findLast(({phase}) => phase === 'build')?.seconds ?? 0,
      result: 'error',
      body: [`<error${attributes({message, type: 'build'})}>${text(all.length > 0 ? all.join('\n\n') : message)}</error>`],
    },
  ]
}

function suiteLines({name, device, cases}: Suite): string[] {
  const shown = device === null ? name : `${name} (${device})`
  return [
    `  <testsuite${attributes({name: shown, ...counts(cases), time: time(sum(cases))})}>`,
    ...(device === null
      ? []
      : ['    <properties>', `      <property${attributes({name: 'device', value: device})}/>`, '    </properties>']),
    ...cases.flatMap(caseLines),
    '  </testsuite>',
  ]
}

function caseLines({name, classname, seconds, body}: Case): string[] {
  const head = attributes({name, classname, time: time(seconds)})
  if (body.length === 0) return [`    <testcase${head}/>`]
  return [`    <testcase${head}>`, ...body.map((child) => `      ${child}`), '    </testcase>']
}

function counts(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors' | 'skipped', string> {
  const having = (result: Case['result']): string => String(cases.filter((one) => one.result === result).length)
  return {tests: String(cases.length), failures: having('failure'), errors: having('error'), skipped: having('skipped')}
}

function sum(cases: readonly Case[]): number {
  return cases.reduce((total, {seconds}) => total + seconds, 0)
}

function time(seconds: number): string {
  return seconds.toFixed(6).replace(/\.?0+$/, '') || '0'
}

/** Jenkins groups by what stands before the last dot, so nested suites are joined by dots. */
function classOf({test}: TestRow): string {
  const path = test.id.split('/').slice(0, -1)
  return path.length === 0 ? (test.target ?? 'tests') : path.join('.')
}

function failureText(failure: FailurePlace): string {
  const place = placeText(failure)
  return [`${place === null ? '' : `${place}: `}${failure.message}`, ...failure.details].join('\n')
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('')
}

function text(value: string): string {
  return escapeXml(value)
}

/** XML 1.0 has no way to write most control characters: they become U+FFFD; the rest is escaped. */
export function escapeXml(value: string): string {
  return value
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(UNWRITABLE, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}

// oxlint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufffe\uffff]/g
