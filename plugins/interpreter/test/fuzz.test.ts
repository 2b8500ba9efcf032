import {describe, expect, it} from 'vitest'
import {summarize} from '@rch/interpreter'
import {expectMutations} from './support/expect-mutations.ts'
import {expectInvariants} from './support/invariants.ts'
import {mutate, randomFrom} from './support/mutate.ts'
import {eventsOf} from './support/read-log.ts'
import {OWN_LOG, sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(40_000)

describe('damaged logs', () => {
  it('raise nothing and keep every invariant', () => {
    expectMutations(logs, 1, 1500)
    expect.assertions(1500 * 8)
  })

  it('that settle a run in the middle of a test', () => {
    const random = randomFrom(16_672)
    random(0)
    random(0)
    const events = eventsOf(mutate(OWN_LOG, OWN_LOG, random))
    expectInvariants(events, summarize(events))
  })
})
