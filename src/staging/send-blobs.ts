import {setTimeout} from 'node:timers/promises'
import {RchError, isRchError, toRchError} from '@rch/contract'
import {MAX_IN_FLIGHT} from '@rch/contract/protocol'
import type {BlobLayout, SourceFile} from '@rch/contract/source'
import type {StageCasOptions} from './cas.ts'
import type {Compression} from './compression.ts'
import type {ProgressMeter} from './progress-meter.ts'
import {RangeReader} from './read-range.ts'
import {uploadCall, type StageReceipt, type UploadAnswer} from './upload-call.ts'

const MAX_RESUMES = 5
const MAX_CHUNK = 8 * 1024 * 1024
const MIN_CHUNK = 1024 * 1024
/** A round trip from which on more than two requests at once pay. */
const LONG_ROUND_TRIP_MS = 10

export interface SendBlobsOptions extends StageCasOptions {
  readonly layout: BlobLayout<SourceFile>
  readonly compression: Compression
  readonly meter: ProgressMeter
  /** The receipt, when nothing is missing. */
  readonly receipt: StageReceipt | null
}

export interface SentBlobs {
  readonly receipt: StageReceipt
  readonly bytesSent: number
  readonly resumes: number
}

/**
 * Sends the whole stream in chunks, several at once. When a request breaks, the worker is asked how far it is and sending
 * goes on from there: what it acknowledged is never sent again.
 */
export async function sendBlobs(options: SendBlobsOptions): Promise<SentBlobs> {
  if (options.receipt !== null) return {receipt: options.receipt, bytesSent: 0, resumes: 0}
  const sender = new Sender(options)
  try {
    return await sender.run()
  } finally {
    sender.close()
  }
}

class Sender {
  readonly #options: SendBlobsOptions
  readonly #reader: RangeReader
  readonly #chunkBytes: number
  readonly #laneCount: number
  /** Where the next chunk starts. */
  #cursor = 0
  #receipt: StageReceipt | null = null
  #bytesSent = 0
  #resumes = 0

  constructor(options: SendBlobsOptions) {
    this.#options = options
    const {layout, snapshot, connection} = options
    this.#reader = new RangeReader(layout, (entry) => snapshot.locate(entry))
    this.#laneCount = Math.min(connection.roundTripMs() >= LONG_ROUND_TRIP_MS ? MAX_IN_FLIGHT : 2, Math.ceil(layout.total / MIN_CHUNK))
    this.#chunkBytes = Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, Math.ceil(layout.total / this.#laneCount)))
  }

  async run(): Promise<SentBlobs> {
    for (;;) {
      try {
        if (this.#resumes > 0) this.#cursor = (await this.#ask()).nextOffset
        await this.#sendRest()
        const receipt = this.#receipt ?? (await this.#ask()).receipt
        if (receipt !== null) return {receipt, bytesSent: this.#bytesSent, resumes: this.#resumes}
        throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: this.#options.uploadId}})
      } catch (error) {
        await this.#afterFailure(toRchError(error))
      }
    }
  }

  close(): void {
    this.#reader.close()
  }

  /** All lanes until nothing is left or one fails; those in flight then come to their end, since they may be acknowledged. */
  async #sendRest(): Promise<void> {
    const failures: unknown[] = []
    const lane = async (): Promise<void> => {
      try {
        while (failures.length === 0 && this.#cursor < this.#options.layout.total) await this.#sendNext()
      } catch (error) {
        failures.push(error)
      }
    }
    await Promise.all(Array.from({length: this.#laneCount}, () => lane()))
    if (failures.length > 0) throw failures.find((error) => !isResumable(error)) ?? failures[0]
  }

  async #sendNext(): Promise<void> {
    const {connection, layout, compression, signal} = this.#options
    signal?.throwIfAborted()
    const from = this.#cursor
    const plain = Buffer.allocUnsafeSlow(Math.min(this.#chunkBytes, layout.total - from))
    this.#cursor += plain.length
    this.#reader.read(from, plain)
    const encoded = await compression.encode(plain)
    const started = performance.now()
    this.#note(
      await uploadCall(
        connection,
        {verb: 'upload_blobs', ...this.#common(), ...encoded, offset: from, last: from + plain.length === layout.total},
        signal,
      ),
    )
    this.#bytesSent += encoded.bytes.length
    compression.sent(encoded.bytes.length, (performance.now() - started) / 1000 / this.#laneCount)
  }

  /** How far the worker is. */
  async #ask(): Promise<UploadAnswer> {
    const {connection, layout, signal} = this.#options
    const answer = await uploadCall(
      connection,
      {verb: 'upload_blobs', ...this.#common(), compression: 'none', bytes: new Uint8Array(), offset: 0, last: false},
      signal,
    )
    if (answer.nextOffset > layout.total)
      throw new RchError('protocol_error', `The worker acknowledges ${answer.nextOffset} of ${layout.total} bytes.`)
    this.#note(answer)
    return answer
  }

  #common(): {readonly uploadId: string; readonly protocolVersion: number; readonly payload: Readonly<Record<string, unknown>>} {
    const {uploadId, protocolVersion, payload = {}} = this.#options
    return {uploadId, protocolVersion, payload}
  }

  #note(answer: UploadAnswer): void {
    this.#options.meter.acknowledged(answer.nextOffset)
    this.#receipt = answer.receipt ?? this.#receipt
  }

  async #afterFailure(error: RchError): Promise<void> {
    const {signal, resumeDelayMs = 100} = this.#options
    if (signal?.aborted === true || !isResumable(error)) throw this.#explained(error)
    this.#resumes++
    if (this.#resumes > MAX_RESUMES)
      throw new RchError('transfer_failed', undefined, {data: {tries: this.#resumes, problem: error.message}, cause: error})
    await setTimeout(resumeDelayMs * 2 ** (this.#resumes - 1) * (0.5 + Math.random()), undefined, signal === undefined ? {} : {signal})
  }

  /** The line is intact and our own check passed or could not be made: then what the worker found is a file that changed. */
  #explained(error: RchError): RchError {
    const expected = error.data['expected']
    if (error.code !== 'source_staging_failed' || error.data['problem'] !== 'digest') return error
    const blob = this.#options.layout.blobs.find(({sha256}) => sha256 === expected)
    if (blob === undefined) return error
    return new RchError('source_changed_during_snapshot', `${blob.path} changed while it was sent.`, {
      data: {paths: [blob.path]},
      cause: error,
    })
  }
}

/** Whether asking and going on may help: the line broke, or chunks overtook each other. */
function isResumable(error: unknown): boolean {
  if (!isRchError(error)) return false
  if (error.data['next_offset'] !== undefined) return true
  return error.code === 'worker_unreachable' || error.code === 'transfer_failed' || error.code === 'unexpected_output'
}
