import {describe, expect, it} from 'vitest'
import {summarize} from '@rch/interpreter'
import {expectInvariants} from './support/invariants.ts'
import {mutate, randomFrom} from './support/mutate.ts'
import {eventsOf} from './support/read-log.ts'
import {OWN_LOG, sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(40_000)

describe('damaged logs', () => {
  it('raise nothing and keep every invariant', () => {
    for (let seed = 1; seed <= 1500; seed += 1) {
      const random = randomFrom(seed)
      const log = logs[random(logs.length)]?.bytes ?? OWN_LOG
      const other = logs[random(logs.length)]?.bytes ?? OWN_LOG
      const events = eventsOf(mutate(log, other, random))
      try {
        expectInvariants(events, summarize(events))
      } catch (error) {
        throw new Error(`seed ${seed}`, {cause: error})
      }
    }
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
