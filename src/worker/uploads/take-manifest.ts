import {readFileSync} from 'node:fs'
import {RchError, type RequestStream} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {applyManifestDelta, baseOfManifestDelta, isManifestDelta} from '@rch/contract/source'
import {readIfThere, writeFileAtomic} from '../../infra/files.ts'
import {collectGarbage, MANY_FILES} from '../../infra/flat-heap.ts'
import {untilNotCollecting} from '../blobs/collecting.ts'
import {storing} from '../failures/storage-error.ts'
import {plainBytes} from './chunk-body.ts'
import {finishUpload} from './finish-upload.ts'
import {publishPlan, type Plan} from './plan.ts'
import {admit, contiguousEnd, joined, sentBytes, type ReceivedChunk} from './received.ts'
import {misplaced, progress, type UploadAnswer} from './upload-answers.ts'
import {readReceipt, type Upload} from './upload-directory.ts'
import type {UploadLimits, UploadsOptions} from './uploads-options.ts'
import {distinctBlobs, MAX_ENTRY_BYTES, tooLarge, validateManifest} from './validate-manifest.ts'

/** Takes a chunk of an upload's manifest. Throws `protocol_error` for one that does not fit, `payload_too_large`. */
export async function takeManifest(options: UploadsOptions, upload: Upload, stream: RequestStream, body: Uint8Array): Promise<void> {
  const {limits, stageRoot} = options
  const maxBytes = manifestLimit(limits)
  const from = stream.offset ?? 0
  const chunks = upload.manifestParts.chunks()
  const bytes = await plainBytes(stream, body, MAX_CHUNK_BYTES)
  const to = from + bytes.length
  if (to > maxBytes) throw tooLarge('manifest', maxBytes, to)
  const admission = admit(chunks, from, to, MAX_CHUNK_BYTES)
  if (admission.kind === 'refuse') throw misplaced(from, contiguousEnd(chunks))
  if (admission.kind === 'take') {
    for (const kept of admission.replaces) upload.manifestParts.forget(kept)
    storing(stageRoot, () => writeFileAtomic(upload.part(from), bytes))
    if (stream.last === true) storing(stageRoot, () => writeFileAtomic(upload.manifestEnd, String(to)))
    storing(stageRoot, () => upload.manifestParts.record({from, to, sent: body.length}))
  }
}

/** How far a manifest is that has no plan yet; when it is all there, the plan is made and its bitmap answered. */
export async function answerManifest(options: UploadsOptions, upload: Upload): Promise<UploadAnswer> {
  const received = upload.manifestParts.chunks()
  const end = readIfThere(upload.manifestEnd)
  const next = contiguousEnd(received)
  if (end === undefined || next < Number(end)) return progress(upload.id, next, false)
  if (next > Number(end))
    throw new RchError('protocol_error', 'The manifest goes on after its last chunk.', {data: {field: 'payload.stream.last'}})
  return answerBitmap(options, upload, await completeManifest(options, upload, received))
}

/** Which blobs the worker lacks; when it lacks none, with the receipt. */
export function answerBitmap(options: UploadsOptions, upload: Upload, plan: Plan): UploadAnswer {
  const receipt = readReceipt(upload) ?? (plan.layout.total === 0 ? finishUpload(options, upload, plan) : undefined)
  return {...progress(upload.id, plan.manifest_bytes, true, receipt), body: {format: 'bitmap', compression: 'none', bytes: plan.bitmap}}
}

async function completeManifest(options: UploadsOptions, upload: Upload, chunks: readonly ReceivedChunk[]): Promise<Plan> {
  const {blobs, limits, stageRoot} = options
  const received = joined(chunks, ({from}) => readFileSync(upload.part(from)))
  const bytes = isManifestDelta(received) ? fromDelta(options, received) : received
  const manifest = validateManifest(bytes, limits)
  // The pin first, then what is here: a collection that saw no pin has ended by then.
  storing(stageRoot, () => writeFileAtomic(upload.manifest, bytes))
  await untilNotCollecting(blobs.places.collecting)
  const missing = blobs.missing(distinctBlobs(manifest.entries))
  const total = missing.reduce((sum, blob) => sum + blob.bytes, 0)
  if (total > limits.max_upload_bytes) throw tooLarge('max_upload_bytes', limits.max_upload_bytes, total)
  // Later manifests may be sent as their difference to this one.
  await blobs.put(sha256(bytes), bytes)
  const sent = sentBytes(chunks)
  const plan = storing(stageRoot, () => publishPlan(upload.plan, manifest, missing, {manifest_bytes: received.length, manifest_sent: sent}))
  if (plan.layout.total === 0) finishUpload(options, upload, plan)
  if (manifest.entries.length >= MANY_FILES) collectGarbage()
  return plan
}

function fromDelta({blobs, limits}: UploadsOptions, delta: Uint8Array): Uint8Array {
  const base = baseOfManifestDelta(delta)
  const maxBytes = manifestLimit(limits)
  const content = blobs.readUpTo(base, maxBytes)
  if (content === null) {
    throw new RchError('source_missing', 'The worker does not have the manifest that the delta starts from.', {data: {base_sha256: base}})
  }
  return applyManifestDelta(content, delta, maxBytes)
}

function manifestLimit(limits: UploadLimits): number {
  return limits.max_entries * MAX_ENTRY_BYTES + MAX_CHUNK_BYTES
}
