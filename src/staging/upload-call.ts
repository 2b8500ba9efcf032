import {RchError, type Connection, type RequestStream, type VerbResponse} from '@rch/contract'
import {sha256} from '@rch/contract/identity'

/** `stage_receipt.json` without a job's header, as the worker answers it. */
export interface StageReceipt {
  readonly upload_id: string
  readonly stager: 'cas'
  readonly source_tree_hash: string
  readonly entries: number
  readonly bytes: number
  readonly bytes_sent: number
  readonly files_changed: number
  readonly staged_at: string
  readonly writer: string
}

export interface UploadAnswer {
  readonly nextOffset: number
  readonly complete: boolean
  readonly receipt: StageReceipt | null
  readonly body: Uint8Array | null
}

export interface UploadRequest {
  readonly verb: 'missing_blobs' | 'upload_blobs'
  readonly uploadId: string
  readonly protocolVersion: number
  /** What every request of this upload carries beside its stream, such as the lease. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly compression: 'none' | 'zstd'
  /** As sent; empty only asks how far the upload is. */
  readonly bytes: Uint8Array
  readonly offset: number
  readonly last: boolean
  /** Whether the bytes go without a digest: the worker takes them so, and what they hold has digests of its own. */
  readonly unhashed?: boolean
  /** Whether it may be sent before the one before it is answered. */
  readonly inLine?: boolean
  /** Of the whole upload. */
  readonly transferBytes?: number
  /** Of what may follow. */
  readonly soonBytes?: number
}

/** Sends one chunk of an upload and reads the answer strictly. */
export async function uploadCall(
  connection: Pick<Connection, 'call'>,
  request: UploadRequest,
  signal?: AbortSignal,
): Promise<UploadAnswer> {
  const {verb, uploadId, bytes, compression, offset, last, unhashed = false} = request
  const stream: RequestStream = {
    format: verb === 'missing_blobs' ? 'manifest' : 'blobs',
    compression,
    content_length: bytes.length,
    ...(unhashed ? {} : {content_sha256: sha256(bytes)}),
    upload_id: uploadId,
    offset,
    last,
  }
  const payload = {...request.payload, stream}
  const {protocolVersion, transferBytes = 0, soonBytes = 0, inLine = false} = request
  const response = await connection.call({verb, payload, body: bytes, protocolVersion, transferBytes, soonBytes, inLine}, signal)
  return parseAnswer(response, uploadId)
}

function parseAnswer(response: VerbResponse, uploadId: string): UploadAnswer {
  const {upload_id, next_offset, complete, receipt} = response.payload
  if (upload_id !== uploadId) throw malformed('upload_id', upload_id)
  if (typeof next_offset !== 'number' || !Number.isSafeInteger(next_offset) || next_offset < 0) throw malformed('next_offset', next_offset)
  if (typeof complete !== 'boolean') throw malformed('complete', complete)
  return {nextOffset: next_offset, complete, receipt: receipt === undefined ? null : parseReceipt(receipt, uploadId), body: response.body}
}

function parseReceipt(value: unknown, uploadId: string): StageReceipt {
  if (typeof value !== 'object' || value === null) throw malformed('receipt', value)
  const {upload_id, stager, source_tree_hash, entries, bytes, bytes_sent, files_changed, staged_at, writer} = value as Partial<
    Record<keyof StageReceipt, unknown>
  >
  if (upload_id !== uploadId) throw malformed('receipt.upload_id', upload_id)
  if (stager !== 'cas') throw malformed('receipt.stager', stager)
  return {
    upload_id: uploadId,
    stager,
    source_tree_hash: text('receipt.source_tree_hash', source_tree_hash),
    entries: count('receipt.entries', entries),
    bytes: count('receipt.bytes', bytes),
    bytes_sent: count('receipt.bytes_sent', bytes_sent),
    files_changed: count('receipt.files_changed', files_changed),
    staged_at: text('receipt.staged_at', staged_at),
    writer: text('receipt.writer', writer),
  }
}

function text(field: string, value: unknown): string {
  if (typeof value !== 'string') throw malformed(field, value)
  return value
}

function count(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw malformed(field, value)
  return value
}

function malformed(field: string, got: unknown): RchError {
  const shown = (JSON.stringify(got) ?? 'nothing').slice(0, 80)
  return new RchError('protocol_error', `The worker's answer has ${field} ${shown}.`, {data: {field, got: shown}})
}
