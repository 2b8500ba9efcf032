import {uuidv7} from '@rch/contract/identity'
import {RchError} from '@rch/contract'
import {transaction, type Database} from './database.ts'

/** How long a lease lives without a renewal, in milliseconds. */
export const LEASE_TTL_MS = 120_000
/** A waiter that was not seen for this long has gone away. */
const WAITER_STALE_MS = 15_000

export interface Claimant {
  /** Made by the host, one per wish for capacity. */
  readonly reservation_id: string
  readonly owner: string
  readonly host_id: string
  readonly run_id: string
}

export interface Lease extends Claimant {
  readonly lease_id: string
  /** Rises with every grant; whoever holds a smaller one has lost. */
  readonly fence: number
  readonly expires_at: number
}

export type Reservation =
  | {readonly granted: true; readonly lease: Lease}
  | {readonly granted: false; readonly position: number; readonly retry_after_seconds: number}

/**
 * Asks once for capacity. A waiter (`queued`) keeps its place by asking again; order is priority, then arrival. The same
 * reservation asking again gets the same lease, so that a lost answer costs nothing; two runs of one source have two reservations.
 */
export function tryReserve(
  db: Database,
  claimant: Claimant,
  capacity: number,
  priority: number,
  queued: boolean,
  now: number,
): Reservation {
  return transaction(db, () => {
    dropExpired(db, now)
    const own = db.prepare('SELECT * FROM leases WHERE owner = ? AND reservation_id = ?').get(claimant.owner, claimant.reservation_id)
    if (own !== undefined) return {granted: true, lease: extend(db, leaseOf(own), now)}
    const ahead = waitersAhead(db, claimant.reservation_id)
    if (count(db, 'SELECT count(*) AS n FROM leases') + ahead < capacity) {
      stopWaiting(db, claimant.reservation_id)
      return {granted: true, lease: grant(db, claimant, priority, now)}
    }
    if (queued) enqueue(db, claimant, priority, now)
    return {granted: false, position: waitersAhead(db, claimant.reservation_id) + 1, retry_after_seconds: 5}
  })
}

/** Leaves the queue. */
export function stopWaiting(db: Database, reservationId: string): void {
  db.prepare('DELETE FROM waiters WHERE reservation_id = ?').run(reservationId)
}

/**
 * The caller's live lease, renewed. Throws `lease_expired` when it is gone, is somebody else's, or its fence was overtaken.
 */
export function renewLease(db: Database, owner: string, leaseId: string, fence: number, now: number): Lease {
  return transaction(db, () => {
    dropExpired(db, now)
    const row = db.prepare('SELECT * FROM leases WHERE lease_id = ? AND owner = ?').get(leaseId, owner)
    const lease = row === undefined ? undefined : leaseOf(row)
    if (lease?.fence !== fence) throw new RchError('lease_expired', undefined, {data: {lease_id: leaseId}})
    return extend(db, lease, now)
  })
}

/** Gives a lease back; giving back what is gone already is fine. While a job of it is unsealed it ends with that job's seal. */
export function releaseLease(db: Database, owner: string, leaseId: string): boolean {
  return transaction(db, () => {
    const live = count(db, 'SELECT count(*) AS n FROM jobs WHERE lease_id = ? AND job_index_sha256 IS NULL', leaseId)
    if (live > 0) {
      db.prepare('UPDATE leases SET release_when_sealed = 1 WHERE lease_id = ? AND owner = ?').run(leaseId, owner)
      return false
    }
    return db.prepare('DELETE FROM leases WHERE lease_id = ? AND owner = ?').run(leaseId, owner).changes > 0
  })
}

export function liveLeases(db: Database, now: number): {readonly held: number; readonly waiting: number} {
  return transaction(db, () => {
    dropExpired(db, now)
    return {held: count(db, 'SELECT count(*) AS n FROM leases'), waiting: count(db, 'SELECT count(*) AS n FROM waiters')}
  })
}

/** Ends a lease that was given back while its job still ran; `false` when it is to be kept. */
export function endLeaseAfterSeal(db: Database, leaseId: string): boolean {
  return db.prepare('DELETE FROM leases WHERE lease_id = ? AND release_when_sealed = 1').run(leaseId).changes > 0
}

function grant(db: Database, claimant: Claimant, priority: number, now: number): Lease {
  const counter = db
    .prepare("INSERT INTO counters (name, value) VALUES ('fence', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value")
    .get()
  const fence = Number(counter?.['value'])
  const lease: Lease = {...claimant, lease_id: uuidv7(now), fence, expires_at: now + LEASE_TTL_MS}
  db.prepare(
    'INSERT INTO leases (lease_id, fence, reservation_id, owner, host_id, run_id, expires_at, granted_at, priority) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(lease.lease_id, fence, claimant.reservation_id, claimant.owner, claimant.host_id, claimant.run_id, lease.expires_at, now, priority)
  return lease
}

function extend(db: Database, lease: Lease, now: number): Lease {
  const expires_at = now + LEASE_TTL_MS
  db.prepare('UPDATE leases SET expires_at = ? WHERE lease_id = ?').run(expires_at, lease.lease_id)
  return {...lease, expires_at}
}

function enqueue(db: Database, claimant: Claimant, priority: number, now: number): void {
  db.prepare(
    `INSERT INTO waiters (reservation_id, owner, host_id, run_id, priority, arrived_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (reservation_id) DO UPDATE SET seen_at = excluded.seen_at`,
  ).run(claimant.reservation_id, claimant.owner, claimant.host_id, claimant.run_id, priority, now, now)
}

function waitersAhead(db: Database, reservationId: string): number {
  const own = db.prepare('SELECT priority, arrived_at FROM waiters WHERE reservation_id = ?').get(reservationId)
  if (own === undefined) return count(db, 'SELECT count(*) AS n FROM waiters')
  const [priority, arrived] = [Number(own['priority']), Number(own['arrived_at'])]
  return count(
    db,
    `SELECT count(*) AS n FROM waiters
     WHERE reservation_id <> ? AND (priority > ? OR (priority = ? AND (arrived_at < ? OR (arrived_at = ? AND reservation_id < ?))))`,
    reservationId,
    priority,
    priority,
    arrived,
    arrived,
    reservationId,
  )
}

function dropExpired(db: Database, now: number): void {
  // A lease with an unsealed job is its supervisor's to give up: recovery ends the job first, so two runs can never share a slot.
  db.prepare(
    'DELETE FROM leases WHERE expires_at < ? AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.lease_id = leases.lease_id AND jobs.job_index_sha256 IS NULL)',
  ).run(now)
  db.prepare('DELETE FROM waiters WHERE seen_at < ?').run(now - WAITER_STALE_MS)
}

function leaseOf(row: Readonly<Record<string, unknown>>): Lease {
  return {
    lease_id: String(row['lease_id']),
    fence: Number(row['fence']),
    reservation_id: String(row['reservation_id']),
    owner: String(row['owner']),
    host_id: String(row['host_id']),
    run_id: String(row['run_id']),
    expires_at: Number(row['expires_at']),
  }
}

function count(db: Database, sql: string, ...parameters: readonly (string | number)[]): number {
  return Number(db.prepare(sql).get(...parameters)?.['n'] ?? 0)
}
