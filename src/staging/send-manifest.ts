import {RchError, isRchError} from '@rch/contract'
import {encodeManifestDelta} from '@rch/contract/source'
import type {StageCasOptions} from './stage-options.ts'
import type {Compression} from './compression.ts'
import type {Resumption} from './resumption.ts'
import {uploadCall, type UploadAnswer} from './upload-call.ts'

const CHUNK_BYTES = 8 * 1024 * 1024

export interface SentManifest {
  /** The last answer, with the bitmap. */
  readonly answer: UploadAnswer
  readonly bytesSent: number
  readonly form: 'full' | 'delta'
}

/** Sends the manifest, as its difference to an earlier one where that is small and the worker still has it. */
export async function sendManifest(options: StageCasOptions, compression: Compression, resumption: Resumption): Promise<SentManifest> {
  const {snapshot, baseManifest} = options
  const delta = baseManifest === undefined ? null : encodeManifestDelta(baseManifest, snapshot.manifestBytes)
  if (delta !== null) {
    try {
      return {...(await sendDocument(options, delta, compression, resumption)), form: 'delta'}
    } catch (error) {
      // The worker forgot the base, or is too old to know deltas.
      if (!isRchError(error) || (error.data['base_sha256'] === undefined && error.code !== 'protocol_error')) throw error
    }
  }
  return {...(await sendDocument(options, snapshot.manifestBytes, compression, resumption)), form: 'full'}
}

async function sendDocument(
  options: StageCasOptions,
  document: Uint8Array,
  compression: Compression,
  resumption: Resumption,
): Promise<Omit<SentManifest, 'form'>> {
  const {connection, uploadId, protocolVersion, payload = {}, signal, snapshot, baseManifest} = options
  // A worker that never saw this source lacks all of it.
  const soonBytes =
    baseManifest === undefined ? snapshot.entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0) : 0
  const head = {verb: 'missing_blobs', uploadId, protocolVersion, payload, soonBytes} as const
  let bytesSent = 0
  let offset = 0
  for (let asking = false; ;) {
    try {
      const plain = asking ? new Uint8Array() : document.subarray(offset, offset + CHUNK_BYTES)
      const encoded = await compression.encode(plain)
      const last = !asking && offset + plain.length === document.length
      bytesSent += encoded.bytes.length
      const answer = await uploadCall(connection, {...head, offset, last, ...encoded}, signal)
      if (answer.complete) return {answer, bytesSent}
      if (answer.nextOffset > document.length || (!asking && answer.nextOffset <= offset) || last) {
        throw new RchError('source_staging_failed', undefined, {
          data: {problem: `the worker stops at ${answer.nextOffset} of the manifest`},
        })
      }
      offset = answer.nextOffset
      asking = false
    } catch (error) {
      await resumption.after(error)
      asking = true
    }
  }
}
