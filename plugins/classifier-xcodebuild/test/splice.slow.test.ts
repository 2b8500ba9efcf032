import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {SHELLS, ShellBench} from './support/shells.ts'
import {differingPairs, splicePairs} from './support/splice-pairs.ts'

let bench: ShellBench
beforeAll(() => {
  bench = new ShellBench()
})
afterAll(() => bench.close())

describe('every string rewritten in place', () => {
  const pairs = splicePairs(7, 1, 2000)

  it.each(SHELLS.flatMap((shell) => [0, 65].map((status) => ({shell, status}))))(
    'behaves as the original in $shell when xcodebuild ends with $status',
    async ({shell, status}) => {
      expect(pairs.length).toBeGreaterThan(500)
      expect(await differingPairs(bench, shell, status, pairs)).toEqual([])
    },
  )
})
