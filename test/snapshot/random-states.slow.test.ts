import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {play, playAtRest, steps} from './random-repository.ts'

it('finds what a slow walk finds, in thousands of random states of a repository', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps(80), async (history) => {
      compared += await play(history)
    }),
    {numRuns: 600},
  )
  expect(compared).toBeGreaterThan(2000)
})

it('finds it after rests, when most of the index is remembered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(steps(20), steps(20)), {minLength: 10, maxLength: 10}), async (histories) => {
      await playAtRest(histories)
    }),
    {numRuns: 20, endOnFailure: true},
  )
})
