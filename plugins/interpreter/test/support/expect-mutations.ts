import {summarize} from '@rch/interpreter'
import {expectInvariants} from './invariants.ts'
import {mutate, randomFrom} from './mutate.ts'
import {eventsOf} from './read-log.ts'
import {OWN_LOG} from './sample-logs.ts'

/** Damages a log for each seed and checks what is read of it; what is wrong names its seed. */
export function expectMutations(logs: readonly {readonly bytes: Buffer}[], firstSeed: number, lastSeed: number): void {
  for (let seed = firstSeed; seed <= lastSeed; seed += 1) {
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
}
