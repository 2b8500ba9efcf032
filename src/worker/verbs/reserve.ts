import {setTimeout as delay} from 'node:timers/promises'
import {RchError} from '@rch/contract'
import type {VerbHandler, WorkerContext} from '../context.ts'
import {LEASE_TTL_MS, stopWaiting, tryReserve, type Lease} from '../state/leases.ts'
import {recoverJobs} from '../recovery.ts'
import {readPayload} from './payload.ts'

const ASK_EVERY_MS = 250
const SAY_EVERY_MS = 5_000

/**
 * Takes capacity at once, or waits for it: `queue.wait_seconds` 0 answers `worker_busy`. While it waits it says its place, at
 * least every ten seconds. A caller that goes away leaves the queue.
 */
export const reserve: VerbHandler = async (context, request) => {
  const {run_id, host_id, reservation_id, queue} = await readPayload('reserve', request)
  const claimant = {owner: context.owner, host_id, run_id, reservation_id}
  const priority = Math.min(queue.priority, context.config.queue.max_priority)
  const capacity = context.config.queue.max_concurrent_jobs
  const startedAt = Date.now()
  const until = startedAt + queue.wait_seconds * 1000
  let saidAt = 0
  await recoverJobs(context)
  try {
    for (;;) {
      const now = Date.now()
      const answer = tryReserve(context.db, claimant, capacity, priority, queue.wait_seconds > 0, now)
      if (answer.granted) return {payload: granted(answer.lease)}
      if (request.signal.aborted || now >= until) throw busy(context, answer.position, answer.retry_after_seconds)
      if (now - saidAt >= SAY_EVERY_MS) {
        saidAt = now
        await request.emit({
          type: 'queued',
          timestamp: new Date(now).toISOString(),
          run_id,
          position: answer.position,
          waited_seconds: Math.round((now - startedAt) / 1000),
        })
        // A holder that died without a word must not keep the queue waiting.
        await recoverJobs(context)
      }
      await delay(Math.min(ASK_EVERY_MS, until - now))
    }
  } finally {
    stopWaiting(context.db, reservation_id)
  }
}

function granted(lease: Lease): Readonly<Record<string, unknown>> {
  return {
    lease_id: lease.lease_id,
    fence: lease.fence,
    ttl_seconds: LEASE_TTL_MS / 1000,
    expires_at: new Date(lease.expires_at).toISOString(),
  }
}

function busy(context: WorkerContext, position: number, retryAfterSeconds: number): RchError {
  return new RchError('worker_busy', `All ${context.config.queue.max_concurrent_jobs} places of the worker are taken.`, {
    data: {position, retry_after_seconds: retryAfterSeconds},
  })
}
