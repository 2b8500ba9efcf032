import fc from 'fast-check'
import {expect, it} from 'vitest'
import {briefAnswer} from '../../src/app/report/brief-answer.ts'
import {whatFailed} from '../../src/app/report/what-failed.ts'
import type {ReportInput} from '../../src/reports/report-blocks.ts'
import {estimateTokens} from '../../src/reports/tokens.ts'
import {diagnostic, failed, findings} from './sample-findings.ts'

const FACTS = [
  ['status', 'failed'],
  ['id', '7780a5dcef24c853953c6b5f73a3ff321bbbd0ea265ed530b4ac9aecee66ed38'],
] as const

const QUIET = {errorCode: null, errors: []}

const input = (of: ReportInput['findings']): ReportInput => ({
  findings: of,
  code: 'tests_failed',
  ok: false,
  log: [],
  again: ({test}) => `rch xcode test ${test.id}`,
  more: [],
})

const error = fc.record({
  code: fc.constantFrom('tests_failed', 'result_bundle_missing', 'untrusted_remote_storage_requires_redaction'),
  message: fc.string({unit: 'binary', maxLength: 400}),
  hint: fc.option(fc.string({maxLength: 300})),
  retryable: fc.boolean(),
  data: fc.dictionary(fc.string({maxLength: 20}), fc.string({maxLength: 200}), {maxKeys: 8}),
})

it('keeps a budget whatever failed and whatever its envelope says, and keeps the first failure', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({minLength: 1}), fc.string({unit: 'binary', maxLength: 300})), {minLength: 1, maxLength: 40}),
      fc.integer({min: 200, max: 3000}),
      fc.array(error, {maxLength: 4}),
      (rows, budget, errors) => {
        const of = findings(rows.map(([name, message], index) => failed(`T/S/${name}${index}`, message, `Tests/${name}.swift`, index + 1)))
        const errorCode = errors[0]?.code ?? null
        const answer = briefAnswer(FACTS, input(of), budget, {errorCode, errors})
        const {kind, schema_version, lane_version} = {kind: 'interpret', schema_version: 1, lane_version: '0.1.0'}
        const printed = JSON.stringify(
          {kind, schema_version, lane_version, ok: errors.length === 0, error_code: errorCode, errors: answer.errors, ...answer.result},
          null,
          2,
        )
        expect(estimateTokens(printed)).toBeLessThanOrEqual(budget)
        expect(answer.result).toMatchObject({
          failures_total: rows.length,
          failures: expect.arrayContaining([expect.objectContaining({line: 1, test: expect.any(String), message: expect.any(String)})]),
        })
        expect(errors.map(({code}) => code).slice(0, answer.errors.length)).toEqual(answer.errors.map(({code}) => code))
      },
    ),
    {numRuns: 100},
  )
})

it('says of 200 failures which failed first, where and why, in 2,000 tokens', () => {
  const of = findings(Array.from({length: 200}, (_, index) => failed(`T/S/test${index}`, `${index} is not ${index + 1}`)))
  const answer = briefAnswer(FACTS, input(of), 2000, QUIET).result
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
