import fc from 'fast-check'
import {expect, it} from 'vitest'
import {briefAnswer} from '../../src/app/brief-answer.ts'
import {whatFailed} from '../../src/app/what-failed.ts'
import type {ReportInput} from '../../src/reports/report-blocks.ts'
import {estimateTokens} from '../../src/reports/tokens.ts'
import {diagnostic, failed, findings} from './sample-findings.ts'

const FACTS = [
  ['status', 'failed'],
  ['id', '7780a5dcef24c853953c6b5f73a3ff321bbbd0ea265ed530b4ac9aecee66ed38'],
] as const

const input = (of: ReportInput['findings']): ReportInput => ({
  findings: of,
  code: 'tests_failed',
  ok: false,
  log: [],
  again: ({test}) => `rch xcode test ${test.id}`,
  more: [],
})

it('keeps a budget whatever failed, and keeps the first failure', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({minLength: 1}), fc.string({unit: 'binary', maxLength: 300})), {minLength: 1, maxLength: 40}),
      fc.integer({min: 200, max: 3000}),
      (rows, budget) => {
        const of = findings(rows.map(([name, message], index) => failed(`T/S/${name}${index}`, message, `Tests/${name}.swift`, index + 1)))
        const answer = briefAnswer(FACTS, input(of), budget)
        expect(
          estimateTokens(JSON.stringify({kind: 'report', schema_version: 1, lane_version: '0.1.0', ok: true, ...answer}, null, 2)),
        ).toBeLessThanOrEqual(budget)
        expect(answer).toMatchObject({failures_total: rows.length, failures: expect.arrayContaining([expect.objectContaining({line: 1})])})
      },
    ),
    {numRuns: 60},
  )
})

it('says of 200 failures which failed first, where and why, in 2,000 tokens', () => {
  const of = findings(Array.from({length: 200}, (_, index) => failed(`T/S/test${index}`, `${index} is not ${index + 1}`)))
  const answer = briefAnswer(FACTS, input(of), 2000)
  expect(answer).toMatchObject({status: 'failed', failures_total: 200})
  const first = {kind: 'test', test: 'T/S/test0', file: 'Tests/A.swift', line: 3, message: '0 is not 1', again: 'rch xcode test T/S/test0'}
  expect(answer['failures']).toEqual(expect.arrayContaining([expect.objectContaining(first)]))
})

it('puts errors of the build before tests, and counts what it leaves out', () => {
  const of = findings(
    [failed('T/S/testOne', 'no')],
    Array.from({length: 7}, (_, index) => diagnostic(`error ${index}`)),
  )
  const {failures, failures_total} = whatFailed(input(of), 3)
  expect(failures_total).toBe(8)
  expect(failures.map(({kind, message}) => `${kind} ${message}`)).toEqual(['error error 0', 'error error 1', 'error error 2'])
})
