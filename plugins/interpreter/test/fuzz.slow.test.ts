import {describe, it} from 'vitest'
import {expectMutations} from './support/expect-mutations.ts'
import {sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(4_000_000)

describe('damaged logs, 10,000 of them', () => {
  it('raise nothing and keep every invariant', {timeout: 1_800_000}, () => {
    expectMutations(logs, 10_001, 20_000)
  })
})
