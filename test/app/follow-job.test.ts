import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {RchError, type Connection, type VerbCall} from '@rch/contract'
import {followJob} from '../../src/app/run/follow-job.ts'

const JOB = '01970000-0000-7000-8000-000000000001'

beforeEach(() => void vi.useFakeTimers({toFake: ['setInterval', 'clearInterval', 'Date']}))
afterEach(() => void vi.useRealTimers())

it('a worker that can only be asked hears from whoever waits for a slow reader', async () => {
  const asked: unknown[] = []
  const held = Promise.withResolvers<void>()
  const holding = Promise.withResolvers<void>()
  const connection = answering(({verb, payload}) => {
    if (verb === 'status') throw new RchError('job_not_found')
    if (payload['follow'] === true) throw new RchError('transfer_failed')
    asked.push(payload['cursor'])
    return {events: [], log_chunk: 'line', log_encoding: 'utf8', next_cursor: payload['cursor'], more: false, state: 'running'}
  })
  const following = followJob(connection, {
    jobId: JOB,
    protocolVersion: 1,
    reconnect: () => Promise.resolve(connection),
    onEvent: () => {},
    onLog: () => {
      holding.resolve()
      return held.promise
    },
    onTrouble: () => {},
  })
  await holding.promise
  await vi.advanceTimersByTimeAsync(25_000)
  expect(asked).toEqual([
    {events_seq: 0, log_offset: 0},
    {events_seq: 0, log_offset: 4},
    {events_seq: 0, log_offset: 4},
  ])
  held.resolve()
  await expect(following).rejects.toMatchObject({code: 'job_not_found'})
  await vi.advanceTimersByTimeAsync(25_000)
  expect(asked).toHaveLength(3)
})

function answering(answer: (call: VerbCall) => Readonly<Record<string, unknown>>): Connection {
  return {
    call: (call) => new Promise((resolve) => resolve({payload: answer(call), body: null})),
    close: () => Promise.resolve(),
    peer: {host_key_fingerprint: null, verified: 'local'},
    roundTripMs: () => 0,
  }
}
