import {RchError, type Connection} from '@rch/contract'
import {expect, it, vi} from 'vitest'
import type {LeaseBook} from '../../../src/app/lease-book.ts'
import {giveBack} from '../../../src/app/run/hold-lease.ts'

/** What a lane notices and forgets. */
function lane() {
  const notice = vi.fn()
  const forget = vi.fn()
  return {
    notice,
    forget,
    options: {lane: {notice, leases: {forget} as Partial<LeaseBook> as LeaseBook}, worker: 'w1', protocolVersion: 1},
  }
}

const LEASE = {lease_id: 'a', fence: 1}

/** A connection whose calls end as told, one after the other; the last one again and again. */
function answering(...ends: readonly (RchError | null)[]): {readonly connection: Connection; readonly call: ReturnType<typeof vi.fn>} {
  const left = [...ends]
  const call = vi.fn(async () => {
    const end = left.length > 1 ? left.shift() : left[0]
    if (end) throw end
    return {payload: {released: true}, body: null, stream: null}
  })
  return {connection: {call} as Partial<Connection> as Connection, call}
}

it.each(['worker_degraded', 'internal_error', 'worker_unreachable'] as const)('a lease is given back again after %s', async (code) => {
  const {connection, call} = answering(new RchError(code), null)
  const {options, notice, forget} = lane()
  await giveBack(connection, LEASE, options)
  expect(call).toHaveBeenCalledTimes(2)
  expect(notice).not.toHaveBeenCalled()
  expect(forget).toHaveBeenCalledExactlyOnceWith(LEASE.lease_id)
})

it('one that cannot be given back is told, with why and who waits', async () => {
  const {connection, call} = answering(new RchError('worker_degraded'))
  const {options, notice, forget} = lane()
  await giveBack(connection, LEASE, options)
  expect(forget).not.toHaveBeenCalled()
  expect(call).toHaveBeenCalledTimes(3)
  expect(notice).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/w1.*worker_degraded/))
})
