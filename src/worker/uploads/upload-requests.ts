import {rmSync} from 'node:fs'
import {isRchError, RchError, type ErrorCode, type RequestStream} from '@rch/contract'
import {IDENTIFIER} from '@rch/contract/identity'
import {isErrno} from '../../infra/files.ts'
import {DigestMismatch} from '../blobs/blob.ts'
import {storageError} from '../failures/storage-error.ts'
import {LastPlan} from './last-plan.ts'
import {answerBlobs, takeBlobs} from './take-blobs.ts'
import {answerBitmap, answerManifest, takeManifest} from './take-manifest.ts'
import {unknownUpload, type UploadAnswer} from './upload-answers.ts'
import {UploadDirectories} from './upload-directories.ts'
import type {Upload} from './upload-directory.ts'
import type {UploadsOptions} from './uploads-options.ts'

/** What may go away by itself: the upload stays as it is, to be resumed. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set(['insufficient_disk_space', 'worker_degraded', 'cache_lock_timeout'])

/** A request as the harness hands it over: its bytes are complete and have the announced digest. */
export interface UploadRequest {
  readonly payload: Readonly<Record<string, unknown>>
  readonly stream: RequestStream | null
  readonly body: Uint8Array | null
}

/**
 * The verbs that bring a source here. All state is in files that appear by one rename, so that every request may meet another
 * process, several at once, and any of them may be killed anywhere.
 */
export class UploadRequests {
  readonly #options: UploadsOptions
  readonly #directories: UploadDirectories
  readonly #lastPlan = new LastPlan()

  constructor(options: UploadsOptions) {
    this.#options = options
    this.#directories = new UploadDirectories(options)
  }

  /** The verb `missing_blobs`: takes the manifest (or a delta to one that is here), answers the bitmap of what is missing. */
  async missingBlobs(context: {readonly owner: string}, request: UploadRequest): Promise<UploadAnswer> {
    const upload = this.#directories.open(context.owner, uploadIdOf(request), true)
    const known = this.#lastPlan.of(upload)
    if (known !== null) return answerBitmap(this.#options, upload, known)
    const {stream, body} = request
    try {
      if (stream !== null && body !== null && body.length > 0) await takeManifest(this.#options, upload, stream, body)
      // Also when nothing came: a process may have been killed between the last chunk and this.
      return await answerManifest(this.#options, upload)
    } catch (error) {
      throw this.#refuse(upload, error)
    }
  }

  /** The verb `upload_blobs`: takes a chunk of the missing contents; the last answer carries the receipt. */
  async uploadBlobs(context: {readonly owner: string}, request: UploadRequest): Promise<UploadAnswer> {
    const upload = this.#directories.open(context.owner, uploadIdOf(request), false)
    const plan = this.#lastPlan.of(upload)
    if (plan === null)
      throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: upload.id, problem: 'the manifest is not complete'}})
    const {stream, body} = request
    try {
      if (stream === null || body === null || body.length === 0) return await answerBlobs(this.#options, upload, plan)
      return await takeBlobs(this.#options, upload, plan, stream, body)
    } catch (error) {
      throw this.#refuse(upload, error)
    }
  }

  /**
   * What a failed request says and leaves: a transient failure or a misplaced chunk leaves the upload as it was; bytes that
   * are not what they must be end it, with nothing left behind.
   */
  #refuse(upload: Upload, error: unknown): unknown {
    if (error instanceof DigestMismatch) {
      this.#directories.remove(upload)
      const {expected, found} = error
      return new RchError('source_staging_failed', `A blob hashes to ${found}, announced was ${expected}.`, {
        data: {problem: 'digest', expected, found},
      })
    }
    if (isErrno(error, 'ENOENT')) {
      // Swept meanwhile, or a blob that was received is gone: either way it must be sent again.
      this.#directories.remove(upload)
      return unknownUpload(upload.id)
    }
    if (!isRchError(error)) return storageError(error, this.#options.stageRoot, 0)
    if (error.data['base_sha256'] !== undefined) rmSync(upload.manifestDirectory, {recursive: true, force: true})
    else if (error.data['next_offset'] === undefined && !TRANSIENT.has(error.code)) this.#directories.remove(upload)
    return error
  }
}

function uploadIdOf({stream, payload}: UploadRequest): string {
  const id = stream?.upload_id ?? payload['upload_id']
  if (typeof id === 'string' && IDENTIFIER.test(id)) return id
  throw new RchError('protocol_error', 'The request names no upload.', {
    data: {field: 'payload.stream.upload_id', got: String(id).slice(0, 80)},
  })
}
