import {expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {POLICY, PROFILE} from './support/gate.ts'

const models = (selection: readonly string[]) =>
  classify({form: 'argv', argv: ['xcodebuild', 'test', '-scheme', 'App', ...selection], cwd: '/repo'}, PROFILE, POLICY).steps.map(
    ({model, sanitized_argv}) => ({test: model.test, sanitized_argv}),
  )

it('makes one model of one selection, however it was typed', () => {
  const [one] = models(['-only-testing:T/B', '-only-testing:T/A', '-skip-testing', 'T/C'])
  expect(one?.test).toMatchObject({only_testing: ['T/A', 'T/B'], skip_testing: ['T/C']})
  expect(models(['-skip-testing:T/C', '-only-testing', 'T/A', '-only-testing:T/B', '-only-testing:T/A'])).toEqual([one])
})
