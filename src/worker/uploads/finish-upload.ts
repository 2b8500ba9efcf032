import {writeFileAtomic} from '../../infra/files.ts'
import {storing} from '../failures/storage-error.ts'
import type {Plan} from './plan.ts'
import {sentBytes} from './received.ts'
import {readReceipt, type StageReceipt, type Upload} from './upload-directory.ts'
import type {UploadsOptions} from './uploads-options.ts'

/** Writes the receipt of an upload whose contents are all here. When several processes do, one receipt is answered by all. */
export function finishUpload({blobs, stageRoot, now}: UploadsOptions, upload: Upload, plan: Plan): StageReceipt {
  const sent = sentBytes(upload.received.chunks())
  const receipt: StageReceipt = {
    upload_id: upload.id,
    stager: 'cas',
    source_tree_hash: plan.source_tree_hash,
    entries: plan.entries,
    bytes: plan.bytes,
    bytes_sent: plan.manifest_sent + sent,
    files_changed: plan.layout.blobs.length,
    staged_at: new Date(now()).toISOString(),
    writer: 'harness',
  }
  storing(stageRoot, () => writeFileAtomic(upload.receipt, JSON.stringify(receipt)))
  blobs.parts.drop(upload.scope)
  return readReceipt(upload) ?? receipt
}
