import type {RchError} from '@rch/contract'

/** Errors after which nobody knows how the job ends: the run stays open for `resume`. */
export function isOpenEnded(error: RchError): boolean {
  return error.code === 'worker_unreachable' || error.code === 'transfer_failed'
}
