import type {RchError} from '@rch/contract'

/** Trouble of the way, not of the job: worth another try. */
export function isLineTrouble({code}: RchError): boolean {
  return code === 'worker_unreachable' || code === 'transfer_failed' || code === 'unexpected_output'
}
