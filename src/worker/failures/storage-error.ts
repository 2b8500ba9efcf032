import {statfsSync} from 'node:fs'
import {RchError} from '@rch/contract'
import {isErrno} from '../../infra/files.ts'

/**
 * What a failed write says to the other side: a full disk is `insufficient_disk_space`, a disk or limit that fails is
 * `worker_degraded`; anything else is passed on as it is.
 */
export function storageError(error: unknown, directory: string, needed: number): unknown {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return new RchError('insufficient_disk_space', undefined, {data: {free: freeBytes(directory), needed}, cause: error})
  }
  if (isErrno(error, 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM')) {
    return new RchError('worker_degraded', undefined, {data: {reasons: [error.message]}, cause: error})
  }
  return error
}

/** Runs `work`; what fails in it to be written into `directory` says what `storageError` makes of it. */
export function storing<T>(directory: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageError(error, directory, 0)
  }
}

function freeBytes(directory: string): number | null {
  try {
    const {bavail, bsize} = statfsSync(directory)
    return bavail * bsize
  } catch {
    return null
  }
}
