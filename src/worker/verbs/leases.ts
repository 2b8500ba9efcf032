import {LEASE_TTL_MS, releaseLease, renewLease} from '../state/leases.ts'
import type {VerbHandler} from '../context.ts'
import {readPayload} from './payload.ts'
import {releaseRun} from '../release-run.ts'

/** Keeps a lease alive; `lease_expired` when it is gone. */
export const renew: VerbHandler = async (context, request) => {
  const {lease_id, fence} = await readPayload('renew', request)
  const lease = renewLease(context.db, context.owner, lease_id, fence, Date.now())
  return {payload: {lease_id, fence: lease.fence, ttl_seconds: LEASE_TTL_MS / 1000, expires_at: new Date(lease.expires_at).toISOString()}}
}

/** Gives a lease and its slots back. Idempotent; a lease with a live job stays until that job is sealed. */
export const release: VerbHandler = async (context, request) => {
  const {lease_id} = await readPayload('release', request)
  const released = releaseLease(context.db, context.owner, lease_id)
  if (released) await releaseRun(context, lease_id)
  return {payload: {released}}
}
