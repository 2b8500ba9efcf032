import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {play, steps} from './random-repository.ts'

it('finds what a slow walk finds, in thousands of random states of a repository', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps(60), async (history) => {
      compared += await play(history)
    }),
    {numRuns: 700},
  )
  expect(compared).toBeGreaterThan(2000)
})
