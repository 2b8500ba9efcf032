import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {HtmlReport} from '../../../src/reports/html/client/model.ts'
import {createLab, type Lab} from '../../support/lab.ts'
import {edit} from '../../support/lab-tools.ts'

describe('the page of a recorded run', () => {
  let lab: Lab
  let report: HtmlReport
  beforeAll(async () => {
    lab = await createLab({transport: 'local', sample: 'HelloApp'})
    const {file, from, to} = sampleEdits('HelloApp').failingTest
    edit(lab, file, from, to)
    await lab.rch(['xcode', 'verify', '--json'])
    const page = join(lab.dir, 'report.html')
    expect((await lab.rch(['xcode', 'report', '--html', page])).code).toBe(0)
    report = JSON.parse(/id="report">(.*?)<\/script>/s.exec(readFileSync(page, 'utf8'))?.[1] ?? '')
  })
  afterAll(async () => lab.stop())

  it('says that it ran on a mock, where, and that nobody signed it', () => {
    expect(report.state).toBe('failed')
    expect(report.marks.map(({text}) => text)).toEqual(expect.arrayContaining(['mock Xcode', 'on w1', 'trusted posture', 'unsigned']))
  })

  it('has every phase of every step, one after the other', () => {
    expect(new Set(report.phases.map(({step}) => step))).toEqual(new Set(['build', 'test']))
    expect(report.phases.find(({step, name}) => step === 'test' && name === 'test')?.outcome).toBe('failed')
    const starts = report.phases.map(({start}) => start ?? -1)
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  })

  it('leads from the failed test to its line in the log of its step', () => {
    const [failed] = report.tests?.failed ?? []
    const [log, line] = failed?.log ?? [-1, -1]
    const text = report.logs[log]?.pieces.flatMap((piece) => piece.text.split('\n'))[line - 1]
    expect(report.logs.map(({label}) => label)).toEqual(['build', 'test'])
    expect(text).toContain(failed?.failures[0]?.message)
    expect(failed?.again).toContain('only_testing')
  })

  it('carries identity and environment', () => {
    const facts = new Map(report.facts.flatMap(({rows}) => rows.map(({name, value}) => [name, value])))
    expect(facts.get('Run')).toMatch(/^[0-9a-f]{64}$/)
    for (const name of ['Job: build', 'Job: test', 'Xcode', 'Kind', 'Source tree hash', 'Posture', 'Signature', 'Transport'])
      expect(facts.get(name), name).toBeTruthy()
  })
})
