import {describe, expect, it} from 'vitest'
import {SCHEMAS} from '@rch/contract/documents'
import {mutate, randomFrom} from './support/mutate.ts'
import {eventsOf} from './support/read-log.ts'
import {OWN_LOG, sampleLogs} from './support/sample-logs.ts'

const HEADER = {
  timestamp: '2026-01-02T03:04:05.678Z',
  monotonic_ms: 0,
  job_id: '019b7c1e-0000-7000-8000-000000000001',
  run_id: '1'.repeat(64),
  attempt: 1,
}

function expectValid(log: Buffer, name: string): void {
  for (const [index, event] of eventsOf(log).entries()) {
    const {error} = SCHEMAS.event.safeParse({...event, ...HEADER, sequence: index + 1})
    expect(error?.issues, `${name}: ${JSON.stringify(event)}`).toBeUndefined()
  }
}

describe('events as the stream checks them', () => {
  it.each(sampleLogs(400_000))('$name gives valid ones', ({name, bytes}) => {
    expectValid(bytes, name)
  })

  it('damaged logs give valid ones', () => {
    for (let seed = 1; seed <= 200; seed += 1) expectValid(mutate(OWN_LOG, OWN_LOG, randomFrom(seed)), `seed ${seed}`)
  })
})
