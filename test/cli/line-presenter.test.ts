import type {JobEvent} from '@rch/contract/documents'
import {expect, it} from 'vitest'
import type {RunProgress} from '../../src/app/run/progress.ts'
import {linePresenter} from '../../src/cli/present/lines.ts'

it('tells the first failures as they come, says once that there are more, and goes on with the rest of the run', () => {
  const lines = told({quiet: false, verbose: false, most: 3})
  expect(lines.filter((line) => line.includes(' failed '))).toHaveLength(4)
  expect(lines[3]).toContain('more')
  expect(lines.at(-1)).toContain('test failed')
})

it('tells every failure to those who follow a run or want to know more', () => {
  expect(told({quiet: false, verbose: false})).toHaveLength(201)
  expect(told({quiet: false, verbose: true, most: 3})).toHaveLength(201)
})

function told(options: Parameters<typeof linePresenter>[1]): readonly string[] {
  const lines: string[] = []
  const present = linePresenter((line) => lines.push(line), options)
  for (let number = 0; number < 200; number += 1) present({type: 'event', index: 0, event: failed(number)})
  present({
    type: 'step_finished',
    index: 0,
    action: 'test',
    status: 'failed',
    human_summary: 'test failed',
    error_code: 'tests_failed',
  } satisfies RunProgress)
  return lines
}

function failed(number: number): JobEvent {
  return {
    type: 'test_case_failed',
    test: {id: `T/S/test${number}`, target: 'T', suite: 'S', name: `test${number}`, framework: 'xctest', display_name: null},
    device: null,
    iteration: 1,
    seconds: 0.1,
    failures: [{message: 'no', file: 'T/S.swift', line: number + 1, column: null, details: []}],
    crashed: false,
    timed_out: false,
    orphan: false,
    sequence: number + 1,
    timestamp: '2026-01-01T00:00:00.000Z',
    monotonic_ms: number,
    run_id: 'a'.repeat(64),
    attempt: 1,
    job_id: '01a1fbe0-f28e-7dbf-b2c0-7f422b3a455a',
  }
}
