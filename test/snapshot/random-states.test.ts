import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {play, steps} from './random-repository.ts'

it('finds what a slow walk finds, in random states of a repository', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps(24), async (history) => {
      compared += await play(history)
    }),
    {numRuns: 40, interruptAfterTimeLimit: 40_000, endOnFailure: true},
  )
  expect(compared).toBeGreaterThan(40)
})
