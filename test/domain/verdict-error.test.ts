import {expect, it} from 'vitest'
import {verdictError} from '../../src/domain/verdict-error.ts'

it.each([
  ['build_failed', {errors: 1, failed: 0, exit_code: 65}, /1 error\./],
  ['build_failed', {errors: 0, failed: 0, exit_code: 65}, /65.*no error/],
  ['build_failed', {errors: 0, failed: 0, exit_code: null}, /no error/],
  ['tests_failed', {errors: 0, failed: 1, exit_code: 65}, /^1 test failed/],
  ['tests_failed', {errors: 0, failed: 0, exit_code: 65}, /65.*none/],
] as const)('%s of %j says what was named, or that nothing was', (code, facts, message) => {
  const error = verdictError(code, facts)
  expect(error.message).toMatch(message)
  expect(error).toMatchObject({code, data: facts})
})
