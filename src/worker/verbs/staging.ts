import type {VerbHandler, WorkerContext} from '../context.ts'
import {openUploadRequests} from '../open-uploads.ts'
import {renewLease} from '../state/leases.ts'
import {sweepUploads} from '../run-uploads.ts'
import {isRchError, RchError} from '@rch/contract'
import type {VerbRequest} from '../context.ts'

/** Takes a manifest, answers which of its contents are missing here. */
export const missingBlobs: VerbHandler = async (context, request) => {
  admit(context, request)
  try {
    return await openUploadRequests(context).missingBlobs(context, request)
  } catch (error) {
    // Nobody may have collected for a while: idle uploads count no longer when there is a new one.
    if (!isRchError(error) || error.data['limit_name'] !== 'max_uploads' || sweepUploads(context, false) === 0) throw error
    return openUploadRequests(context).missingBlobs(context, request)
  }
}

/** Takes missing contents, chunk by chunk. */
export const uploadBlobs: VerbHandler = async (context, request) => {
  admit(context, request)
  return openUploadRequests(context).uploadBlobs(context, request)
}

/** Bytes that arrive keep the lease alive they belong to; the stage key may send none without one. */
function admit(context: WorkerContext, request: VerbRequest): void {
  const {lease_id, fence} = request.payload
  if (typeof lease_id === 'string' && typeof fence === 'number') renewLease(context.db, context.owner, lease_id, fence, Date.now())
  else if (context.role === 'stage')
    throw new RchError('lease_expired', 'The stage key uploads under a lease only.', {data: {lease_id: null}})
}
