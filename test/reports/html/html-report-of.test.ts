import {describe, expect, it} from 'vitest'
import {hrefFrom} from '../../../src/app/report/page-address.ts'
import {phasesOfEvents} from '../../../src/reports/html/html-phases.ts'
import {findingsOf, reportFrom} from './support/sample-reports.ts'
import {testRow} from '../test-row.ts'

const PLACE = {file: 'A.swift', line: 3, column: 7, details: []}

describe('a report', () => {
  it('counts tests by outcome and keeps every row', () => {
    const {tests} = reportFrom({
      findings: findingsOf([
        testRow('T/A/a', {outcome: 'failed', failures: [{message: 'm', ...PLACE}]}),
        testRow('T/A/b'),
        testRow('T/A/c', {outcome: 'skipped', reason: 'why'}),
        testRow('T/A/d', {outcome: 'unknown'}),
      ]),
    })
    expect(tests?.counts).toEqual({failed: 1, passed: 1, skipped: 1, expected_failure: 0, unknown: 1})
    expect(tests?.rows[0]).toEqual({
      id: 'T/A/a',
      outcome: 'failed',
      seconds: 0.01,
      failures: [{message: 'm', place: 'A.swift:3:7', details: []}],
    })
    expect(tests?.rows[2]).toMatchObject({reason: 'why'})
    expect(tests?.failed).toHaveLength(1)
  })

  it('puts files with errors first, and errors before warnings in them', () => {
    const diagnostic = (severity: 'error' | 'warning', file: string | null, line: number) => ({
      severity,
      file,
      line,
      column: null,
      message: `${severity} ${line}`,
      category: 'compiler' as const,
      code: null,
      targets: [],
      details: [],
      count: 1,
    })
    const {build} = reportFrom({
      findings: findingsOf([], {
        diagnostics: [
          diagnostic('warning', 'Z.swift', 1),
          diagnostic('warning', 'B.swift', 2),
          diagnostic('error', 'B.swift', 9),
          diagnostic('warning', null, 1),
        ],
      }),
    })
    expect(build.files.map(({file}) => file)).toEqual(['B.swift', null, 'Z.swift'])
    expect(build.files[0]?.items.map(({severity}) => severity)).toEqual(['error', 'warning'])
  })

  it('links findings to the log that tells them', () => {
    const places = new Map([['error\0bad', 12]])
    const empty = {lines: 0, pieces: [], marks: [], places: new Map<string, number>()}
    const {build} = reportFrom({
      findings: findingsOf([], {
        diagnostics: [
          {
            severity: 'error',
            file: null,
            line: null,
            column: null,
            message: 'bad',
            category: 'linker',
            code: null,
            targets: [],
            details: [],
            count: 1,
          },
        ],
      }),
      logs: [
        {label: 'build', name: 'build.log', href: null, excerpt: empty},
        {label: 'test', name: 'build.log', href: null, excerpt: {...empty, places}},
      ],
    })
    expect(build.files[0]?.items[0]?.log).toEqual([1, 12])
  })

  it('leaves out facts that nobody knows', () => {
    const {facts} = reportFrom({
      facts: [
        {title: 'a', rows: [{name: 'x', value: ''}]},
        {
          title: 'b',
          rows: [
            {name: 'y', value: '1'},
            {name: 'z', value: ''},
          ],
        },
      ],
    })
    expect(facts).toEqual([{title: 'b', rows: [{name: 'y', value: '1'}]}])
  })
})

describe('phases', () => {
  it('come from the events of a job, on its own clock', () => {
    const phases = phasesOfEvents(
      [
        {type: 'phase_started', phase: 'prepare', monotonic_ms: 500, outcome: null},
        {type: 'phase_completed', phase: 'prepare', monotonic_ms: 1500, outcome: 'succeeded'},
        {type: 'phase_started', phase: 'build', monotonic_ms: 2000, outcome: null},
      ],
      'build',
      10,
    )
    expect(phases).toEqual([
      {name: 'prepare', step: 'build', outcome: 'succeeded', start: 10, seconds: 1},
      {name: 'build', step: 'build', outcome: 'unknown', start: 11.5, seconds: null},
    ])
  })
})

describe('the address of a file', () => {
  it.each([
    ['out/report.html', '/w/build.log', '../build.log'],
    ['report.html', '/w/build.log', './build.log'],
    ['report.html', '/w/a b/#1?.log', './a%20b/%231%3F.log'],
    ['report.html', '/w/javascript:alert(1)', './javascript%3Aalert(1)'],
  ])('from %s to %s is %s', (page, file, address) => {
    expect(hrefFrom(page, '/w')(file)).toBe(address)
  })

  it('is unknown for a page that is printed', () => {
    expect(hrefFrom('-', '/w')('/w/build.log')).toBeNull()
  })
})
