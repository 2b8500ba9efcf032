import {RchError, toRchError} from '@rch/contract'
import {MAX_IN_FLIGHT} from '@rch/contract/protocol'
import type {BlobLayout, SourceFile} from '@rch/contract/source'
import {collectGarbage, MANY_FILES} from '../infra/flat-heap.ts'
import {hashFile} from '../infra/hash-file.ts'
import type {StageCasOptions} from './stage-options.ts'
import {ChunkMaker, hasLargeContents, type Chunk} from './chunk-maker.ts'
import type {Compression} from './compression.ts'
import type {ProgressMeter} from './progress-meter.ts'
import {isResumable, type Resumption} from './resumption.ts'
import {uploadCall, type StageReceipt, type UploadAnswer, type UploadRequest} from './upload-call.ts'

/** How many chunks a worker keeps beyond the first one that it lacks. */
const MAX_AHEAD = 3
/** A round trip from which on several requests at once pay soon. */
const LONG_ROUND_TRIP_MS = 10
/** What one channel may have on its way, 2 MiB, keeps most lines busy up to such a round trip. */
const LINE_ROUND_TRIP_MS = 30
/** Chunks waiting to be sent while others are on their way; each costs its bytes in memory. */
const PREPARED = 1
/** What encoding many small contents leaves behind is given back after so many bytes. */
const COLLECT_BYTES = 32 * 1024 * 1024
/** How much each further channel must have to carry: it starts a process on the worker. */
const LANE_BYTES = 2 * 1024 * 1024
/** On one channel: one is stored while the next is on its way; with large contents one more, which is read and hashed meanwhile. */
const IN_LINE = {small: 2, large: 3} as const

export interface SendBlobsOptions extends StageCasOptions {
  readonly layout: BlobLayout<SourceFile>
  readonly compression: Compression
  readonly chunks: ChunkMaker
  readonly resumption: Resumption
  readonly meter: ProgressMeter
}

export interface SentBlobs {
  readonly receipt: StageReceipt
  readonly bytesSent: number
}

/**
 * Sends the whole stream in chunks, several at once where that helps, the next one made while others are on their way. When a
 * request breaks, the worker is asked how far it is and sending goes on from there: what it acknowledged is never sent again.
 */
export async function sendBlobs(options: SendBlobsOptions): Promise<SentBlobs> {
  return new Sender(options).run()
}

/**
 * Whether requests follow each other on one channel: near ones gain nothing by a second process on the worker, and a content that comes
 * to one process, in order, is hashed there as it comes; else it has to be read again at the end.
 */
function goesInLine({blobs, total}: BlobLayout<SourceFile>, roundTripMs: number): boolean {
  const largest = blobs.reduce((most, {bytes}) => Math.max(most, bytes), 0)
  return roundTripMs < (largest > total / 2 ? LINE_ROUND_TRIP_MS : LONG_ROUND_TRIP_MS)
}

/** Requests at once. */
function lanesFor(layout: BlobLayout<SourceFile>, inLine: boolean): number {
  if (inLine) return IN_LINE[hasLargeContents(layout) ? 'large' : 'small']
  return Math.max(1, Math.min(MAX_IN_FLIGHT, Math.ceil(layout.total / LANE_BYTES)))
}

class Sender {
  readonly #options: SendBlobsOptions
  readonly #lanes: number
  readonly #inLine: boolean
  #receipt: StageReceipt | null = null
  #acknowledged = 0
  #inFlight = 0
  /** The chunk that was asked for last; one in line waits for it. */
  #made: Promise<unknown> = Promise.resolve()
  /** Settles when the next answer, or failure, has come. */
  #progress = Promise.withResolvers<void>()
  #bytesSent = 0
  /**
   * About what the whole stream takes on the line, by its first chunk; later ones keep to what that one decided. Of small contents
   * nothing is said: the worker takes as long for each of them as any way to it.
   */
  #lineBytes: number | null = null
  #collectAt = 0

  constructor(options: SendBlobsOptions) {
    this.#options = options
    this.#inLine = goesInLine(options.layout, options.connection.roundTripMs())
    this.#lanes = lanesFor(options.layout, this.#inLine)
  }

  async run(): Promise<SentBlobs> {
    this.#tidy()
    for (let broken = false; ;) {
      try {
        if (broken) this.#options.chunks.restart((await this.#ask()).nextOffset)
        await this.#sendRest()
        const receipt = this.#receipt ?? (await this.#ask()).receipt
        if (receipt !== null) return {receipt, bytesSent: this.#bytesSent}
        throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: this.#options.uploadId}})
      } catch (error) {
        broken = true
        await this.#options.resumption.after(this.#explained(toRchError(error)))
      }
    }
  }

  /** All lanes until nothing is left or one fails; those in flight then come to their end, since they may be acknowledged. */
  async #sendRest(): Promise<void> {
    const {chunks, signal} = this.#options
    const failures: unknown[] = []
    // A line is known to hold only when something was answered on it.
    const answered = Promise.withResolvers<void>()
    const lane = async (): Promise<void> => {
      try {
        while (failures.length === 0) {
          signal?.throwIfAborted()
          const making = chunks.next()
          if (making === null) return
          const before = this.#made
          this.#made = making.catch(() => {})
          if (this.#inLine) await before
          const chunk = await making
          await this.#turn(chunk.from)
          const sending = this.#send(chunk)
          chunks.prepare(PREPARED)
          await sending
          answered.resolve()
        }
      } catch (error) {
        failures.push(error)
      } finally {
        answered.resolve()
      }
    }
    const further = async (): Promise<void> => {
      if (this.#inLine) await answered.promise
      return lane()
    }
    await Promise.all([lane(), ...Array.from({length: this.#lanes - 1}, () => further())])
    if (failures.length > 0) throw failures.find((error) => !isResumable(error)) ?? failures[0]
  }

  /** Waits until the worker keeps a chunk at `from`: it takes only a few beyond the first gap. */
  async #turn(from: number): Promise<void> {
    while (from > this.#acknowledged + MAX_AHEAD * this.#options.chunks.chunkBytes && this.#inFlight > 0) await this.#progress.promise
  }

  async #send({from, to, compression, bytes, release}: Chunk): Promise<void> {
    const {connection, layout, signal} = this.#options
    const started = performance.now()
    const last = to === layout.total
    this.#lineBytes ??= hasLargeContents(layout) ? Math.round((layout.total * bytes.length) / (to - from)) : 0
    this.#inFlight++
    try {
      this.#note(await uploadCall(connection, {verb: 'upload_blobs', ...this.#common(), compression, bytes, offset: from, last}, signal))
    } finally {
      this.#inFlight--
      this.#progress.resolve()
      this.#progress = Promise.withResolvers()
    }
    release()
    this.#bytesSent += bytes.length
    this.#tidy()
    this.#options.compression.sent(bytes.length, to - from, (performance.now() - started) / 1000)
  }

  #tidy(): void {
    if (this.#options.layout.blobs.length < MANY_FILES || this.#acknowledged < this.#collectAt) return
    this.#collectAt = this.#acknowledged + COLLECT_BYTES
    collectGarbage()
  }

  /** How far the worker is. */
  async #ask(): Promise<UploadAnswer> {
    const {connection, layout, signal} = this.#options
    const nothing = {compression: 'none', bytes: new Uint8Array(), offset: 0, last: false} as const
    const answer = await uploadCall(connection, {verb: 'upload_blobs', ...this.#common(), ...nothing}, signal)
    if (answer.nextOffset > layout.total)
      throw new RchError('protocol_error', `The worker acknowledges ${answer.nextOffset} of ${layout.total} bytes.`)
    this.#note(answer)
    return answer
  }

  #common(): Pick<UploadRequest, 'uploadId' | 'protocolVersion' | 'payload' | 'transferBytes' | 'unhashed' | 'inLine'> {
    const {uploadId, protocolVersion, payload = {}, features = []} = this.#options
    return {
      uploadId,
      protocolVersion,
      payload,
      transferBytes: this.#lineBytes ?? 0,
      unhashed: features.includes('upload_unhashed'),
      inLine: this.#inLine,
    }
  }

  #note(answer: UploadAnswer): void {
    this.#acknowledged = Math.max(this.#acknowledged, answer.nextOffset)
    this.#options.meter.acknowledged(this.#acknowledged)
    this.#receipt = answer.receipt ?? this.#receipt
  }

  /** A content that is not what its digest says either changed here, or the bytes were damaged on their way. */
  #explained(error: RchError): RchError {
    const expected = error.data['expected']
    if (error.code !== 'source_staging_failed' || error.data['problem'] !== 'digest') return error
    const blob = this.#options.layout.blobs.find(({sha256}) => sha256 === expected)
    if (blob === undefined || isStill(blob, this.#options.snapshot.locate(blob))) return error
    return new RchError('source_changed_during_snapshot', `${blob.path} changed while it was sent.`, {
      data: {paths: [blob.path]},
      cause: error,
    })
  }
}

function isStill({sha256}: SourceFile, path: string): boolean {
  try {
    return hashFile(path).sha256 === sha256
  } catch {
    return false
  }
}
