import {RchError} from '@rch/contract'
import {expect, it} from 'vitest'
import {hostError} from '../../src/app/host-error.ts'

const ENV = {HOME: '/h', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/c', RCH_CONFIG_DIR: '/f'}

function failure(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: refused`), {code, ...(path === undefined ? {} : {path})})
}

it.each([
  ['ENOSPC', '/d/rch/x', 'host_disk_full'],
  // A write that fails names no file.
  ['ENOSPC', undefined, 'host_disk_full'],
  ['EDQUOT', '/elsewhere', 'host_disk_full'],
  ['EIO', undefined, 'host_storage_failed'],
  ['EMFILE', '/d/rch/x', 'host_storage_failed'],
  ['ENFILE', '/h/x', 'host_storage_failed'],
  ['EROFS', '/s/rch/x', 'usage_error'],
  ['EACCES', '/c/rch', 'usage_error'],
  ['EACCES', '/elsewhere', 'internal_error'],
  ['ENOENT', '/d/rch/x', 'internal_error'],
])('%s of %s is %s', (code, path, told) => {
  const error = failure(code, path)
  expect(hostError(error, ENV).code).toBe(told)
  expect(hostError(new RchError('internal_error', undefined, {cause: error}), ENV).code).toBe(told)
})

it('what has a code of its own keeps it', () => {
  const known = new RchError('cancelled', undefined, {cause: failure('EIO')})
  expect(hostError(known, ENV)).toBe(known)
})
