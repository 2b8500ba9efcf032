import {RchError, isRchError} from '@rch/contract'
import {BlobLayout, decodeBitmap, type SourceFile} from '@rch/contract/source'
import {ChunkMaker} from './chunk-maker.ts'
import {Compression} from './compression.ts'
import {ProgressMeter} from './progress-meter.ts'
import {Resumption} from './resumption.ts'
import {sendBlobs, type SendBlobsOptions, type SentBlobs} from './send-blobs.ts'
import {sendManifest} from './send-manifest.ts'
import type {StageCasOptions} from './stage-options.ts'
import type {StagedSource, StageStatistics} from './staged-source.ts'
import type {StageReceipt, UploadAnswer} from './upload-call.ts'

/** Made before it is known what the worker lacks. */
const GUESSED_CHUNKS = 2

/**
 * Brings a source to a worker: its manifest up, a bitmap of what is missing down, and exactly those contents up in a few
 * resumable chunks. Answers the worker's receipt. Throws `payload_too_large` before anything is sent,
 * `source_changed_during_snapshot` when a file is no longer what the manifest says, `transfer_failed` after five resumptions,
 * and the worker's own refusals. An upload that the worker lost meanwhile is made once more.
 */
export async function stageCas(options: StageCasOptions): Promise<{readonly receipt: StageReceipt; readonly statistics: StageStatistics}> {
  checkLimits(options)
  try {
    return await stageOnce(options)
  } catch (error) {
    if (!isRchError(error) || error.code !== 'source_missing') throw error
    return stageOnce(options)
  }
}

async function stageOnce(options: StageCasOptions): Promise<{readonly receipt: StageReceipt; readonly statistics: StageStatistics}> {
  const {snapshot, connection, onProgress = () => {}} = options
  const started = performance.now()
  const compression = new Compression(connection.roundTripMs())
  const resumption = new Resumption(options.resumeDelayMs ?? 100, options.signal)
  const files = snapshot.entries.filter((entry) => entry.type === 'file')
  const bytesTotal = snapshot.manifestBytes.length
  onProgress({phase: 'manifest', bytesDone: 0, bytesTotal, filesTotal: files.length, bytesPerSecond: 0, secondsLeft: null})
  // A worker that never saw this source will lack all of it: its first chunks are made while it looks.
  const guess = makerOf(options, options.baseManifest === undefined ? distinct(files) : [], compression)
  let chunks = guess
  try {
    const sending = sendManifest(options, compression, resumption)
    guess.prepare(GUESSED_CHUNKS)
    const manifest = await sending
    const answered = performance.now()
    const blobs = missingBlobs(snapshot, manifest.answer)
    if (!isSame(blobs, guess.layout.blobs)) chunks = makerOf(options, blobs, compression)
    const sent = await sendMissing({...options, compression, resumption, chunks, layout: chunks.layout}, manifest.answer.receipt)
    checkReceipt(sent.receipt, snapshot)
    const statistics: StageStatistics = {
      files_total: files.length,
      bytes_total: sumOfBytes(files),
      files_sent: blobs.length,
      bytes_missing: sumOfBytes(blobs),
      bytes_sent: manifest.bytesSent + sent.bytesSent,
      manifest_form: manifest.form,
      resumes: resumption.count,
      query_seconds: (answered - started) / 1000,
      upload_seconds: (performance.now() - answered) / 1000,
    }
    return {receipt: sent.receipt, statistics}
  } finally {
    guess.close()
    chunks.close()
  }
}

async function sendMissing(options: Omit<SendBlobsOptions, 'meter'>, receipt: StageReceipt | null): Promise<SentBlobs> {
  const {layout, limits, onProgress = () => {}} = options
  const meter = new ProgressMeter(onProgress, layout.total, layout.blobs.length)
  if (layout.total === 0 && receipt !== null) return {receipt, bytesSent: 0}
  if (receipt !== null)
    throw new RchError('protocol_error', 'The worker gave a receipt though contents are missing.', {data: {field: 'receipt'}})
  const missing = sumOfBytes(layout.blobs)
  if (missing > limits.max_upload_bytes) throw tooLarge('max_upload_bytes', limits.max_upload_bytes, missing)
  return sendBlobs({...options, meter})
}

function makerOf({snapshot}: StageCasOptions, blobs: readonly SourceFile[], compression: Compression): ChunkMaker {
  return new ChunkMaker(new BlobLayout(blobs), (entry) => snapshot.locate(entry), compression)
}

function distinct(files: readonly SourceFile[]): readonly SourceFile[] {
  const seen = new Set<string>()
  return files.filter(({sha256}) => !seen.has(sha256) && seen.add(sha256))
}

/** Both are subsets of one manifest in its order. */
function isSame(a: readonly SourceFile[], b: readonly SourceFile[]): boolean {
  return a.length === b.length && a.every((blob, index) => blob === b[index])
}

function sumOfBytes(files: readonly SourceFile[]): number {
  return files.reduce((sum, {bytes}) => sum + bytes, 0)
}

function missingBlobs(snapshot: StagedSource, answer: UploadAnswer): readonly SourceFile[] {
  if (answer.body === null) throw new RchError('protocol_error', 'The worker answered no bitmap.', {data: {field: 'bitmap'}})
  return decodeBitmap(answer.body, snapshot.entries.length).map((index) => {
    const entry = snapshot.entries[index]!
    if (entry.type !== 'file')
      throw new RchError('protocol_error', `The worker asks for the content of ${entry.path}, which is a link.`, {
        data: {field: 'bitmap', index},
      })
    return entry
  })
}

function checkLimits({snapshot, limits}: StageCasOptions): void {
  if (snapshot.entries.length > limits.max_entries) throw tooLarge('max_entries', limits.max_entries, snapshot.entries.length)
  for (const entry of snapshot.entries) {
    if (entry.type === 'file' && entry.bytes > limits.max_blob_bytes)
      throw tooLarge('max_blob_bytes', limits.max_blob_bytes, entry.bytes, entry.path)
  }
}

function checkReceipt(receipt: StageReceipt, {entries, sourceTreeHash}: StagedSource): void {
  if (receipt.entries === entries.length && receipt.source_tree_hash === sourceTreeHash) return
  throw new RchError('stage_receipt_mismatch', undefined, {data: {source_tree_hash: receipt.source_tree_hash, entries: receipt.entries}})
}

function tooLarge(limitName: string, limit: number, got: number, path?: string): RchError {
  return new RchError('payload_too_large', undefined, {data: {limit_name: limitName, limit, got, ...(path === undefined ? {} : {path})}})
}
