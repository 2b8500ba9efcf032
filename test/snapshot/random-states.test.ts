import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {play, playAtRest, steps} from './random-repository.ts'

it('finds what a slow walk finds, in random states of a repository', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps(40), async (history) => {
      compared += await play(history)
    }),
    {numRuns: 30, interruptAfterTimeLimit: 30_000, endOnFailure: true},
  )
  expect(compared).toBeGreaterThan(12)
})

it('finds it after rests, when most of the index is remembered', async () => {
  const histories = fc.sample(fc.tuple(steps(12), steps(8)), 10)
  expect(await playAtRest(histories)).toBeGreaterThan(2)
})
