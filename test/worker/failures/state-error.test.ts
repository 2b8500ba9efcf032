import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {isRchError} from '@rch/contract'
import {afterAll, describe, expect, it} from 'vitest'
import {openDatabase} from '../../../src/worker/state/database.ts'
import {stateError} from '../../../src/worker/failures/state-error.ts'

const directory = mkdtempSync(join(tmpdir(), 'rch-state-error-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

function toldOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    const told = stateError(error)
    return isRchError(told) ? told.code : told
  }
  return undefined
}

describe('a state database that cannot be used', () => {
  it('is the worker’s trouble: held by another process, damaged, or not to be opened', () => {
    const held = join(directory, 'held.sqlite3')
    openDatabase(held).close()
    const holder = new DatabaseSync(held)
    holder.exec('BEGIN IMMEDIATE')
    const other = new DatabaseSync(held, {timeout: 0})
    expect(toldOf(() => other.exec('BEGIN IMMEDIATE'))).toBe('worker_degraded')
    other.close()
    holder.close()
    const damaged = join(directory, 'damaged.sqlite3')
    writeFileSync(damaged, 'no database at all, and long enough to be looked at as one'.repeat(20))
    expect(toldOf(() => openDatabase(damaged))).toBe('worker_degraded')
    expect(toldOf(() => openDatabase(directory))).toBe('worker_degraded')
  })

  it('is full where the disk is', () => {
    const db = new DatabaseSync(':memory:')
    db.exec('PRAGMA max_page_count = 2; CREATE TABLE t (a)')
    expect(toldOf(() => db.exec('INSERT INTO t VALUES (zeroblob(100000))'))).toBe('insufficient_disk_space')
  })

  it('a mistake of ours stays one', () => {
    const db = new DatabaseSync(':memory:')
    expect(toldOf(() => db.exec('NONSENSE'))).toMatchObject({code: 'ERR_SQLITE_ERROR'})
  })
})
