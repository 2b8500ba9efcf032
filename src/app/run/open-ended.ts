import {isRchError, RchError} from '@rch/contract'

/** Errors after which nobody knows how the job ends: the run stays open for `resume`. */
export function isOpenEnded(error: RchError): boolean {
  return error.code === 'worker_unreachable' || error.code === 'transfer_failed'
}

/**
 * What a run ends with that was asked to stop while it waited for an answer: a call that was given up for that reason says that the worker
 * did not answer, which is true and not the point. Before a job exists (`nothingSent`) that is so of every worker that did not answer.
 */
export function orCancelled(error: unknown, signal: AbortSignal | undefined, nothingSent: boolean): unknown {
  if (signal?.aborted !== true) return error
  const known = isRchError(error) ? error : null
  const givenUp = (known === null ? error : known.cause) === signal.reason
  const silent = known !== null && (isOpenEnded(known) || known.code === 'no_eligible_worker')
  return givenUp || (nothingSent && silent) ? new RchError('cancelled', undefined, {cause: error}) : error
}
