import type {RequestStream} from '@rch/contract'
import {MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {storing} from '../failures/storage-error.ts'
import {plainBytes} from './chunk-body.ts'
import {finishUpload} from './finish-upload.ts'
import type {Plan} from './plan.ts'
import {admit, contiguousEnd, isCovered} from './received.ts'
import {partialBlobs, storeChunk} from './store-chunk.ts'
import {misplaced, progress, type UploadAnswer} from './upload-answers.ts'
import {readReceipt, type Upload} from './upload-directory.ts'
import type {UploadsOptions} from './uploads-options.ts'

/**
 * Takes a chunk of the contents that an upload must bring, and answers how far it is by then. Throws `protocol_error` for a
 * chunk that does not fit, `DigestMismatch` for contents that are something else.
 */
export async function takeBlobs(
  options: UploadsOptions,
  upload: Upload,
  plan: Plan,
  stream: RequestStream,
  body: Uint8Array,
): Promise<UploadAnswer> {
  const {blobs, stageRoot} = options
  const from = stream.offset ?? 0
  const before = upload.received.chunks()
  if (from < contiguousEnd(before) || from >= plan.layout.total) throw misplaced(from, contiguousEnd(before))
  const bytes = await plainBytes(stream, body, plan.layout.total - from)
  const to = from + bytes.length
  const admission = admit(before, from, to, MAX_CHUNK_BYTES)
  if (admission.kind === 'refuse') throw misplaced(from, contiguousEnd(before))
  if (admission.kind === 'take') {
    for (const kept of admission.replaces) upload.received.forget(kept)
    await storeChunk(blobs, upload.scope, plan.layout, from, bytes)
    storing(stageRoot, () => {
      upload.received.record({from, to, sent: body.length})
      upload.received.fold()
    })
  }
  await adopt(options, upload, plan, partialBlobs(plan.layout, from, to))
  return answerBlobs(options, upload, plan)
}

/** How far an upload is; when all is there, its receipt. */
export async function answerBlobs(options: UploadsOptions, upload: Upload, plan: Plan): Promise<UploadAnswer> {
  const receipt = readReceipt(upload)
  if (receipt !== undefined) return progress(upload.id, plan.layout.total, true, receipt)
  const next = contiguousEnd(upload.received.chunks())
  if (next < plan.layout.total) return progress(upload.id, next, false)
  // A process that was killed after its chunk was recorded may have left parts behind.
  const left = options.blobs.missing(plan.layout.blobs)
  for (const blob of left) await options.blobs.parts.adopt(upload.scope, blob)
  return progress(upload.id, next, true, finishUpload(options, upload, plan))
}

/** Turns parts whose last piece has arrived into blobs. */
async function adopt({blobs}: UploadsOptions, upload: Upload, plan: Plan, indexes: readonly number[]): Promise<void> {
  const chunks = upload.received.chunks()
  for (const index of indexes) {
    const blob = plan.layout.blobs[index]!
    if (isCovered(chunks, plan.layout.start(index), plan.layout.end(index))) await blobs.parts.adopt(upload.scope, blob)
  }
}
