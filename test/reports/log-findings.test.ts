import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createInterpreter, summarize} from '@rch/interpreter'
import {describe, expect, it} from 'vitest'
import {deviceName} from '../../src/reports/device-name.ts'
import {createFindingsCollector} from '../../src/reports/log-findings.ts'
import {mergeFindings} from '../../src/reports/merge-findings.ts'
import {sharedData} from '../support/shared-data.ts'
import {diagnostic, failed, findings, findingsOf} from './sample-findings.ts'
import {testRow} from './test-row.ts'

const logs = sharedData === undefined ? [] : readdirSync(join(sharedData, 'logs')).filter((name) => name.endsWith('.log'))

describe('findings of a log', () => {
  it.each(logs)('%s: count what the summary counts', (name) => {
    const interpreter = createInterpreter()
    const events = [...interpreter.push(readFileSync(join(sharedData ?? '', 'logs', name))), ...interpreter.end()]
    const summary = summarize(events)
    const collector = createFindingsCollector()
    for (const event of events) collector.add(event)
    const {build, tests} = collector.findings(summary)
    const {failed: red, crashed, retried, skipped, passed_distinct} = summary.tests
    expect([build.errors, build.warnings]).toEqual([summary.errors, summary.warnings])
    expect(build.diagnostics.reduce((sum, {severity, count}) => sum + (severity === 'error' ? count : 0), 0)).toBe(summary.error_lines)
    expect([tests?.failed ?? 0, tests?.crashed ?? 0, tests?.retried ?? 0, tests?.skipped ?? 0]).toEqual([red, crashed, retried, skipped])
    expect((tests?.passed ?? 0) + (tests?.expected_failures ?? 0)).toBe(passed_distinct)
  })

  it('keep repetitions of a test in one row, and call it retried when the last one passed', () => {
    const {tests} = findingsOf(`Test Case '-[A.B testIt]' started (Iteration 1 of 2).
/w/T.swift:3: error: -[A.B testIt] : flaked
Test Case '-[A.B testIt]' failed (0.5 seconds).
Test Case '-[A.B testIt]' started (Iteration 2 of 2).
Test Case '-[A.B testIt]' passed (0.25 seconds).
** TEST SUCCEEDED **
`)
    expect(tests).toMatchObject({total: 1, passed: 1, failed: 0, retried: 1, outcome: 'passed'})
    expect(tests?.tests).toMatchObject([
      {outcome: 'passed', seconds: 0.75, repetitions: [{outcome: 'failed', failures: [{file: 'T.swift'}]}, {outcome: 'passed'}]},
    ])
  })

  it.each([
    ['Clone 1 of iPad Air 2 - TestingTest.app (20698)', 'iPad Air 2'],
    ['My Mac - ShortcutRecorderCrash (58940)', 'My Mac'],
    ['iPhone 17', 'iPhone 17'],
    ['iPhone - mine', 'iPhone - mine'],
    [null, null],
  ])('know the device in %s', (printed, name) => {
    expect(deviceName(printed)).toBe(name)
  })
})

describe('findings of several steps', () => {
  it('add tests up and count a diagnostic of both once', () => {
    const warning = diagnostic('unused', {severity: 'warning', targets: ['App']})
    const merged = mergeFindings([
      findings([], [warning]),
      findings([testRow('A/B/one'), failed('A/B/two', 'no')], [{...warning, targets: ['Tests']}]),
    ])
    expect(merged?.build).toMatchObject({warnings: 1, diagnostics: [{count: 2, targets: ['App', 'Tests']}]})
    expect(merged?.tests).toMatchObject({total: 2, failed: 1, outcome: 'failed'})
    expect(mergeFindings([])).toBeNull()
  })
})
