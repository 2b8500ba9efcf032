import {dirname} from 'node:path'
import {toRchError, type RchError} from '@rch/contract'
import {stateError} from './state-error.ts'
import {storageError} from './storage-error.ts'

/**
 * Any failure on the worker as the other side is told of it: a disk or a state database that is full, damaged or not to be
 * written is the worker's trouble, with a code that says so; what nobody foresaw is `internal_error`.
 */
export function workerError(error: unknown): RchError {
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null
  return toRchError(storageError(stateError(error), path === null ? '/' : dirname(path), 0))
}
