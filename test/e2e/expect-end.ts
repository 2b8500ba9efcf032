import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {isErrorCode} from '@rch/contract'
import {expect} from 'vitest'
import type {Ran} from '../support/lab.ts'
import {expectCode} from './provocation.ts'

/** Checks the exit code, that the envelope agrees with it, and that the set is sealed and has its log. Answers the set. */
export function expectEnd(ran: Ran, exitCode: number, code: string | null): string {
  const answer = ran.json() as unknown as {ok: boolean; error_code: string | null; run_id: string; steps: {directory: string | null}[]}
  expect({exit: ran.code, error_code: answer.error_code, ok: answer.ok}).toEqual({exit: exitCode, error_code: code, ok: exitCode === 0})
  if (isErrorCode(code)) expectCode(ran, code)
  const directory = answer.steps.at(-1)?.directory ?? ''
  expect(existsSync(join(directory, 'job_index.json'))).toBe(true)
  expect(existsSync(join(directory, 'build.log'))).toBe(true)
  return directory
}
