import {join} from 'node:path'
import {transaction, type Database} from './database.ts'

export interface Slot {
  readonly path: string
  readonly number: number
  readonly mode: 'warm' | 'isolated'
  /** Why its contents may not be trusted; the claimer empties it first. */
  readonly discard: 'dd' | 'all' | null
}

/**
 * The slot of a lease: the one it holds already (the steps of a run share one), else the free warm slot used last, else a new
 * number. No two leases ever hold one slot. An isolated slot is always new.
 */
export function claimSlot(
  db: Database,
  root: string,
  namespace: string,
  slotKey: string,
  mode: Slot['mode'],
  leaseId: string,
  now: number,
): Slot {
  return transaction(db, () => {
    // A holder whose lease is gone has lost its slot; what it left there is not trusted.
    db.prepare(
      "UPDATE slots SET lease_id = NULL, discard = 'dd' WHERE lease_id IS NOT NULL AND lease_id NOT IN (SELECT lease_id FROM leases)",
    ).run()
    const held = db
      .prepare('SELECT * FROM slots WHERE lease_id = ? AND namespace = ? AND slot_key = ? AND mode = ?')
      .get(leaseId, namespace, slotKey, mode)
    if (held !== undefined) return slotOf(held)
    const free =
      mode === 'warm'
        ? db
            .prepare(
              "SELECT * FROM slots WHERE namespace = ? AND slot_key = ? AND mode = 'warm' AND lease_id IS NULL ORDER BY used_at DESC LIMIT 1",
            )
            .get(namespace, slotKey)
        : undefined
    if (free !== undefined) {
      db.prepare('UPDATE slots SET lease_id = ?, used_at = ? WHERE path = ?').run(leaseId, now, String(free['path']))
      return slotOf(free)
    }
    const taken = new Set(
      db
        .prepare('SELECT number FROM slots WHERE namespace = ? AND slot_key = ?')
        .all(namespace, slotKey)
        .map((row) => Number(row['number'])),
    )
    let number = 1
    while (taken.has(number)) number++
    // An isolated slot's name is never used again: its directory may still be on its way out when the number is free.
    const path = join(root, mode === 'isolated' ? `isolated-${leaseId}` : String(number))
    db.prepare('INSERT INTO slots (path, namespace, slot_key, number, mode, lease_id, used_at) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      path,
      namespace,
      slotKey,
      number,
      mode,
      leaseId,
      now,
    )
    return {path, number, mode, discard: 'all'}
  })
}

/** Says what the next claimer must throw away before it uses the slot. */
export function markSlot(db: Database, path: string, discard: Slot['discard']): void {
  db.prepare('UPDATE slots SET discard = ? WHERE path = ?').run(discard, path)
}

/** Lets go of every slot of a lease and answers the isolated ones, which the caller deletes. */
export function releaseSlots(db: Database, leaseId: string): readonly string[] {
  return transaction(db, () => {
    const isolated = db.prepare("DELETE FROM slots WHERE lease_id = ? AND mode = 'isolated' RETURNING path").all(leaseId)
    db.prepare('UPDATE slots SET lease_id = NULL WHERE lease_id = ?').run(leaseId)
    return isolated.map((row) => String(row['path']))
  })
}

/** Isolated slots whose lease is gone: left behind by a crash, to be deleted. */
export function orphanSlots(db: Database): readonly string[] {
  return db
    .prepare(
      "DELETE FROM slots WHERE mode = 'isolated' AND (lease_id IS NULL OR lease_id NOT IN (SELECT lease_id FROM leases)) RETURNING path",
    )
    .all()
    .map((row) => String(row['path']))
}

function slotOf(row: Readonly<Record<string, unknown>>): Slot {
  const discard = row['discard']
  return {
    path: String(row['path']),
    number: Number(row['number']),
    mode: row['mode'] === 'isolated' ? 'isolated' : 'warm',
    discard: discard === 'dd' || discard === 'all' ? discard : null,
  }
}
