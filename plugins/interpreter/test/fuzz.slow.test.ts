import {describe, it} from 'vitest'
import {summarize} from '@rch/interpreter'
import {expectInvariants} from './support/invariants.ts'
import {mutate, randomFrom} from './support/mutate.ts'
import {eventsOf} from './support/read-log.ts'
import {OWN_LOG, sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(4_000_000)

describe('damaged logs, 10,000 of them', () => {
  it('raise nothing and keep every invariant', {timeout: 1_800_000}, () => {
    for (let seed = 10_001; seed <= 20_000; seed += 1) {
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
  })
})
