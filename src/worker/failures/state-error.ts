import {RchError} from '@rch/contract'

/**
 * A failure of the state database as the other side is told of it: full is `insufficient_disk_space`; held for too long, damaged or
 * not to be opened is `worker_degraded`. Anything else is passed on as it is.
 */
export function stateError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  // The low byte is the primary code.
  const code = error.errcode & 0xff
  if (code === FULL) return new RchError('insufficient_disk_space', undefined, {data: {free: null, needed: 0}, cause: error})
  if (!UNFIT.has(code)) return error
  return new RchError('worker_degraded', undefined, {data: {reasons: [`state database: ${error.message}`]}, cause: error})
}

/** SQLite's result codes. */
const FULL = 13
const [PERM, BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB] = [3, 5, 6, 8, 10, 11, 14, 26]
const UNFIT: ReadonlySet<number | undefined> = new Set([PERM, BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB])
