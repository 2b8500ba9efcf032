import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {expect, it, onTestFinished} from 'vitest'
import {workerError} from '../../../src/worker/failures/worker-error.ts'

const refused = (code: string): Error => Object.assign(new Error(`${code}: refused, open '/w/x'`), {code, path: '/w/x', syscall: 'open'})

it.each(['EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM'])('%s is the worker’s trouble, with what could not be done', (code) => {
  const error = refused(code)
  expect(workerError(error)).toMatchObject({code: 'worker_degraded', data: {reasons: [error.message]}, cause: error})
})

it('a full disk says how much is free on it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rch-worker-error-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  const error = Object.assign(refused('ENOSPC'), {path: join(directory, 'x')})
  expect(workerError(error)).toMatchObject({code: 'insufficient_disk_space', data: {free: expect.any(Number)}})
})

it('a file that is not there, or a mistake of ours, stays a bug; what has a code keeps it', () => {
  expect(workerError(refused('ENOENT')).code).toBe('internal_error')
  expect(workerError(new TypeError('x is not a function')).code).toBe('internal_error')
  const known = new RchError('cancelled')
  expect(workerError(known)).toBe(known)
})
