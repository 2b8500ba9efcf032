import {mkdirSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {dirname} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {RchError} from '@rch/contract'

const POLL_MS = 20
const PATIENCE_SECONDS = 60
/** Less than a host waits for a byte: it is to hear why nothing moves. */
const WAIT_SECONDS = 45

/**
 * Runs `work`, which deletes blobs, while nobody is inside `untilNotCollecting` and no other collection runs. The lock is
 * the operating system's on an empty database file: it ends with its process, however that ends. Throws `cache_lock_timeout` when
 * the lock is not to be had within `patienceSeconds`.
 */
export async function whileCollecting<T>(lock: string, work: () => Promise<T>, patienceSeconds = PATIENCE_SECONDS): Promise<T> {
  const db = open(lock)
  try {
    await take(db, 'BEGIN EXCLUSIVE', patienceSeconds)
    return await work()
  } finally {
    db.close()
  }
}

/**
 * Waits for a running round of deletions to end. Whoever pins blobs first and then waits here is safe: a round that began
 * before has ended, and one that begins later sees the pins. Throws `cache_lock_timeout` after three quarters of a minute.
 */
export async function untilNotCollecting(lock: string): Promise<void> {
  const db = open(lock)
  try {
    await take(db, 'BEGIN; SELECT count(*) FROM sqlite_schema', WAIT_SECONDS)
  } finally {
    db.close()
  }
}

function open(lock: string): DatabaseSync {
  mkdirSync(dirname(lock), {recursive: true, mode: 0o700})
  const db = new DatabaseSync(lock)
  db.exec('PRAGMA busy_timeout = 0')
  return db
}

/** Retries from the event loop: SQLite's own waiting would block it. */
async function take(db: DatabaseSync, sql: string, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!attempt(db, sql)) {
    if (performance.now() > deadline) throw new RchError('cache_lock_timeout', undefined, {data: {seconds}})
    await setTimeout(POLL_MS)
  }
}

function attempt(db: DatabaseSync, sql: string): boolean {
  try {
    db.exec(sql)
    return true
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}

const SQLITE_BUSY = 5
