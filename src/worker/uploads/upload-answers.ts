import {RchError} from '@rch/contract'
import type {StageReceipt} from './upload-directory.ts'

export const MAX_UPLOADS_PER_OWNER = 64

export interface UploadAnswer {
  readonly payload: Readonly<Record<string, unknown>>
  readonly body?: {readonly format: 'bitmap'; readonly compression: 'none'; readonly bytes: Uint8Array}
}

/** The owner has as many unfinished uploads as a key may have. */
export function tooMany(count: number): RchError {
  return new RchError(
    'payload_too_large',
    `The worker holds ${count} unfinished uploads of this key; ${MAX_UPLOADS_PER_OWNER} are allowed.`,
    {
      data: {limit_name: 'max_uploads', limit: MAX_UPLOADS_PER_OWNER, got: count + 1},
      hint: 'Runs that were broken off keep their sources for an hour: wait for that, or end the runs that still go on.',
    },
  )
}

/** How far an upload is; with its receipt, that it is complete. */
export function progress(uploadId: string, nextOffset: number, complete: boolean, receipt?: StageReceipt): UploadAnswer {
  return {payload: {upload_id: uploadId, next_offset: nextOffset, complete, ...(receipt === undefined ? {} : {receipt})}}
}

/** A chunk that does not go on where the upload is. */
export function misplaced(got: number, nextOffset: number): RchError {
  return new RchError('protocol_error', `A chunk at offset ${got} does not fit; the upload goes on at ${nextOffset}.`, {
    data: {field: 'payload.stream.offset', got, next_offset: nextOffset},
  })
}

/** It never was here, or was swept. */
export function unknownUpload(uploadId: string): RchError {
  return new RchError('source_missing', `The upload ${uploadId} is not here (any more).`, {data: {upload_id: uploadId}})
}
