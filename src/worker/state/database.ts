import {mkdirSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'

/** The worker's small durable facts: leases, jobs, slots, nonces, one counter. Every verb opens it afresh. */
export type Database = DatabaseSync

const LAYOUT_VERSION = 1

/**
 * Opens the state database, creating it on first use. Committed rows survive a power cut: WAL with full synchronisation,
 * and `F_FULLFSYNC` where the file system has it. Waits up to 10 s for another process's transaction.
 */
export function openDatabase(file: string): Database {
  mkdirSync(dirname(file), {recursive: true, mode: 0o700})
  const db = new DatabaseSync(file)
  db.exec(
    'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA foreign_keys = ON;',
  )
  if (Number(db.prepare('PRAGMA user_version').get()?.['user_version']) < LAYOUT_VERSION) transaction(db, () => db.exec(SCHEMA))
  return db
}

/** Runs `work` in one write transaction; anything thrown rolls it back. */
export function transaction<T>(db: Database, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS leases (
  lease_id TEXT PRIMARY KEY, fence INTEGER NOT NULL UNIQUE, reservation_id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, host_id TEXT NOT NULL, run_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL, granted_at INTEGER NOT NULL, priority INTEGER NOT NULL,
  release_when_sealed INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS waiters (
  reservation_id TEXT PRIMARY KEY, owner TEXT NOT NULL, host_id TEXT NOT NULL, run_id TEXT NOT NULL,
  priority INTEGER NOT NULL, arrived_at INTEGER NOT NULL, seen_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
  job_id TEXT PRIMARY KEY, owner TEXT NOT NULL, host_id TEXT NOT NULL, run_id TEXT NOT NULL, attempt INTEGER NOT NULL,
  job_key TEXT NOT NULL, lease_id TEXT NOT NULL, fence INTEGER NOT NULL, submitted_at INTEGER NOT NULL,
  state TEXT NOT NULL, seq INTEGER NOT NULL, cancel_requested INTEGER NOT NULL DEFAULT 0, followed_at INTEGER NOT NULL,
  job_index_sha256 TEXT, recovering_pid INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_run ON jobs (owner, host_id, run_id, attempt);
CREATE TABLE IF NOT EXISTS slots (
  path TEXT PRIMARY KEY, namespace TEXT NOT NULL, slot_key TEXT NOT NULL, number INTEGER NOT NULL, mode TEXT NOT NULL,
  lease_id TEXT, used_at INTEGER NOT NULL, discard TEXT) STRICT;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
PRAGMA user_version = ${LAYOUT_VERSION};
`
