import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {uuidv7} from '@rch/contract/identity'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {LeaseBook} from '../../src/app/lease-book.ts'

let state: string
let book: LeaseBook
const LEASE = {lease_id: uuidv7(), fence: 7, worker: 'w1', run_id: 'a'.repeat(64)}
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'rch-lease-book-'))
  book = new LeaseBook(state)
})
afterEach(() => rmSync(state, {recursive: true}))

/** Changes the one note of the book. */
function forge(change: (note: Record<string, unknown>) => unknown): string {
  const [name = ''] = readdirSync(join(state, 'leases'))
  const file = join(state, 'leases', name)
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))))
  return file
}

/** The number of a process that has ended. */
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid

it('answers what a dead process noted, once', () => {
  book.note(LEASE)
  forge((note) => ({...note, process: {...(note['process'] as object), pid: dead()}}))
  expect(book.takeLeft('w2')).toEqual([])
  expect(book.takeLeft('w1')).toEqual([LEASE])
  expect(book.takeLeft('w1')).toEqual([])
})

it.each([
  ['a process that lives', (note: object) => note],
  ['another machine', (note: object) => ({...note, hostname: 'elsewhere', process: {pid: 1, started: 'then', boot: 'another'}})],
])('leaves the lease of %s alone', (_, change) => {
  book.note(LEASE)
  forge(change)
  expect(book.takeLeft('w1')).toEqual([])
  expect(readdirSync(join(state, 'leases'))).toHaveLength(1)
})

it('forgets one that was given back, one of yesterday, and one that is damaged', () => {
  book.note(LEASE)
  book.forget(LEASE.lease_id)
  expect(book.takeLeft('w1')).toEqual([])
  for (const spoil of [(file: string) => utimesSync(file, 1, 1), (file: string) => writeFileSync(file, '{"worker":')]) {
    book.note(LEASE)
    spoil(forge((note) => note))
    expect(book.takeLeft('w1')).toEqual([])
    expect(readdirSync(join(state, 'leases'))).toEqual([])
  }
})

it('is no obstacle where it cannot be written', () => {
  writeFileSync(join(state, 'leases'), 'a file')
  book.note(LEASE)
})
