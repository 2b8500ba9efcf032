import {lstatSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {isRchError, RchError, type ErrorCode, type RequestStream} from '@rch/contract'
import {IDENTIFIER, sha256} from '@rch/contract/identity'
import {MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {applyManifestDelta, baseOfManifestDelta, isManifestDelta, type SourceEntry} from '@rch/contract/source'
import {isErrno, readIfThere, writeFileAtomic} from '../../infra/files.ts'
import {collectGarbage, MANY_FILES} from '../../infra/flat-heap.ts'
import {DigestMismatch} from '../blobs/blob.ts'
import type {BlobStore} from '../blobs/blob-store.ts'
import {untilNotCollecting} from '../blobs/collecting.ts'
import {storageError} from '../blobs/storage-error.ts'
import {plainBytes} from './chunk-body.ts'
import {publishPlan, readPlan, type Plan} from './plan.ts'
import {admit, contiguousEnd, isCovered, joined, sentBytes, type ReceivedChunk} from './received.ts'
import {partialBlobs, storeChunk} from './store-chunk.ts'
import {MAX_UPLOADS_PER_OWNER, misplaced, progress, tooMany, unknownUpload, type UploadAnswer} from './upload-answers.ts'
import {listIdentifiers, makeUpload, readReceipt, touchUpload, uploadOf, type StageReceipt, type Upload} from './upload-directory.ts'
import {distinctBlobs, MAX_ENTRY_BYTES, tooLarge, validateManifest} from './validate-manifest.ts'

const IDLE_MS = 60 * 60 * 1000
/** What may go away by itself: the upload stays as it is, to be resumed. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set(['insufficient_disk_space', 'worker_degraded', 'cache_lock_timeout'])
/** Removed from sight, perhaps not yet from the disk. */
const REMOVED = /^\.removed-/
const OWNER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export interface UploadLimits {
  readonly max_upload_bytes: number
  readonly max_blob_bytes: number
  readonly max_entries: number
}

export interface UploadsOptions {
  readonly stageRoot: string
  /** The directory of one owner's uploads, checked. */
  readonly directoryOf: (owner: string) => string
  readonly blobs: BlobStore
  readonly limits: UploadLimits
  readonly now?: () => number
}

/** A request as the harness hands it over: its bytes are complete and have the announced digest. */
export interface UploadRequest {
  readonly payload: Readonly<Record<string, unknown>>
  readonly stream: RequestStream | null
  readonly body: Uint8Array | null
}

/**
 * Uploads of sources, each a directory under `stage_root/<owner>/<upload_id>`. All state is in files that appear by one
 * rename, so that every request may meet another process, several at once, and any of them may be killed anywhere.
 */
export class Uploads {
  readonly #options: UploadsOptions
  /** The plan read last; its directory never changes, but another upload may come to have its name. */
  #known: {readonly directory: string; readonly ino: number; readonly plan: Plan} | null = null

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  /** The verb `missing_blobs`: takes the manifest (or a delta to one that is here), answers the bitmap of what is missing. */
  async missingBlobs(context: {readonly owner: string}, request: UploadRequest): Promise<UploadAnswer> {
    const upload = this.#open(context.owner, request, true)
    const known = this.#plan(upload)
    if (known !== null) return this.#bitmapAnswer(upload, known)
    const {stream, body} = request
    try {
      if (stream !== null && body !== null && body.length > 0) await this.#takeManifest(upload, stream, body)
      // Also when nothing came: a process may have been killed between the last chunk and this.
      return await this.#manifestAnswer(upload)
    } catch (error) {
      throw this.#refuse(upload, error)
    }
  }

  /** The verb `upload_blobs`: takes a chunk of the missing contents; the last answer carries the receipt. */
  async uploadBlobs(context: {readonly owner: string}, request: UploadRequest): Promise<UploadAnswer> {
    const upload = this.#open(context.owner, request, false)
    const plan = this.#plan(upload)
    if (plan === null)
      throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: upload.id, problem: 'the manifest is not complete'}})
    const {stream, body} = request
    try {
      if (stream === null || body === null || body.length === 0) return await this.#uploadAnswer(upload, plan)
      return await this.#takeBlobs(upload, plan, stream, body)
    } catch (error) {
      throw this.#refuse(upload, error)
    }
  }

  /** The receipt and the source of a finished upload. Throws `source_staging_incomplete`, or `source_missing` when it is unknown. */
  finished(
    owner: string,
    uploadId: string,
  ): {readonly receipt: StageReceipt; readonly manifest: Buffer; readonly entries: readonly SourceEntry[]} {
    const upload = this.#find(owner, uploadId)
    if (upload === null) throw unknownUpload(uploadId)
    const receipt = readReceipt(upload)
    if (receipt === undefined) throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: uploadId}})
    const manifest = readFileSync(upload.manifest)
    const {limits} = this.#options
    return {
      receipt,
      manifest,
      // Most callers need the bytes only, and 100,000 entries are not read for nothing.
      get entries() {
        return validateManifest(manifest, limits).entries
      },
    }
  }

  /** Notes that an upload is in use, so that it is not swept. */
  touch(owner: string, uploadId: string): void {
    const upload = this.#find(owner, uploadId)
    if (upload !== null) touchUpload(upload, this.#now())
  }

  /** Lets go of an upload and of the blobs it pins. Idempotent. */
  release(owner: string, uploadId: string): void {
    const upload = this.#find(owner, uploadId)
    if (upload !== null) this.#remove(upload)
  }

  /** Removes uploads that are idle for an hour, unless `isLive` knows better, and answers how many, or how many it would. */
  sweep(isLive: (owner: string, uploadId: string) => boolean, dryRun = false): number {
    let removed = 0
    for (const {owner, upload, idleMs} of this.#all()) {
      if (idleMs < IDLE_MS || isLive(owner, upload.id)) continue
      if (!dryRun) this.#remove(upload)
      removed++
    }
    if (dryRun) return removed
    for (const owner of listIdentifiers(this.#options.stageRoot, OWNER)) {
      const directory = this.#options.directoryOf(owner)
      for (const name of listIdentifiers(directory, REMOVED)) rmSync(join(directory, name), {recursive: true, force: true})
    }
    return removed
  }

  /** Digests that uploads need, for `collectBlobs`. */
  pins(): ReadonlySet<string> {
    const pinned = new Set<string>()
    for (const {upload} of this.#all()) {
      const manifest = readIfThere(upload.manifest)
      if (manifest === undefined) continue
      pinned.add(sha256(manifest))
      for (const digest of digestsIn(manifest)) pinned.add(digest)
    }
    return pinned
  }

  async #takeManifest(upload: Upload, stream: RequestStream, body: Uint8Array): Promise<void> {
    const maxBytes = manifestLimit(this.#options.limits)
    const from = stream.offset ?? 0
    const chunks = upload.manifestParts.chunks()
    const bytes = await plainBytes(stream, body, MAX_CHUNK_BYTES)
    const to = from + bytes.length
    if (to > maxBytes) throw tooLarge('manifest', maxBytes, to)
    const admission = admit(chunks, from, to, MAX_CHUNK_BYTES)
    if (admission.kind === 'refuse') throw misplaced(from, contiguousEnd(chunks))
    if (admission.kind === 'take') {
      for (const kept of admission.replaces) upload.manifestParts.forget(kept)
      this.#storing(() => writeFileAtomic(upload.part(from), bytes))
      if (stream.last === true) this.#storing(() => writeFileAtomic(upload.manifestEnd, String(to)))
      this.#storing(() => upload.manifestParts.record({from, to, sent: body.length}))
    }
  }

  async #manifestAnswer(upload: Upload): Promise<UploadAnswer> {
    const received = upload.manifestParts.chunks()
    const end = readIfThere(upload.manifestEnd)
    const next = contiguousEnd(received)
    if (end === undefined || next < Number(end)) return progress(upload.id, next, false)
    if (next > Number(end))
      throw new RchError('protocol_error', 'The manifest goes on after its last chunk.', {data: {field: 'payload.stream.last'}})
    return this.#bitmapAnswer(upload, await this.#completeManifest(upload, received))
  }

  async #completeManifest(upload: Upload, chunks: readonly ReceivedChunk[]): Promise<Plan> {
    const {blobs, limits} = this.#options
    const received = joined(chunks, ({from}) => readFileSync(upload.part(from)))
    const bytes = isManifestDelta(received) ? this.#fromDelta(received) : received
    const manifest = validateManifest(bytes, limits)
    // The pin first, then what is here: a collection that saw no pin has ended by then.
    this.#storing(() => writeFileAtomic(upload.manifest, bytes))
    await untilNotCollecting(blobs.places.collecting)
    const missing = blobs.missing(distinctBlobs(manifest.entries))
    const total = missing.reduce((sum, blob) => sum + blob.bytes, 0)
    if (total > limits.max_upload_bytes) throw tooLarge('max_upload_bytes', limits.max_upload_bytes, total)
    // Later manifests may be sent as their difference to this one.
    await blobs.put(sha256(bytes), bytes)
    const sent = sentBytes(chunks)
    const plan = this.#storing(() => publishPlan(upload.plan, manifest, missing, {manifest_bytes: received.length, manifest_sent: sent}))
    if (plan.layout.total === 0) this.#finish(upload, plan)
    if (manifest.entries.length >= MANY_FILES) collectGarbage()
    return plan
  }

  #fromDelta(delta: Uint8Array): Uint8Array {
    const {blobs, limits} = this.#options
    const base = baseOfManifestDelta(delta)
    const maxBytes = manifestLimit(limits)
    const content = blobs.readUpTo(base, maxBytes)
    if (content === null) {
      throw new RchError('source_missing', 'The worker does not have the manifest that the delta starts from.', {data: {base_sha256: base}})
    }
    return applyManifestDelta(content, delta, maxBytes)
  }

  async #takeBlobs(upload: Upload, plan: Plan, stream: RequestStream, body: Uint8Array): Promise<UploadAnswer> {
    const {blobs} = this.#options
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
      this.#storing(() => {
        upload.received.record({from, to, sent: body.length})
        upload.received.fold()
      })
    }
    await this.#adopt(upload, plan, partialBlobs(plan.layout, from, to))
    return this.#uploadAnswer(upload, plan)
  }

  /** Turns parts whose last piece has arrived into blobs. */
  async #adopt(upload: Upload, plan: Plan, indexes: readonly number[]): Promise<void> {
    const {blobs} = this.#options
    const chunks = upload.received.chunks()
    for (const index of indexes) {
      const blob = plan.layout.blobs[index]!
      if (isCovered(chunks, plan.layout.start(index), plan.layout.end(index))) await blobs.parts.adopt(upload.scope, blob)
    }
  }

  async #uploadAnswer(upload: Upload, plan: Plan): Promise<UploadAnswer> {
    const receipt = readReceipt(upload)
    if (receipt !== undefined) return progress(upload.id, plan.layout.total, true, receipt)
    const next = contiguousEnd(upload.received.chunks())
    if (next < plan.layout.total) return progress(upload.id, next, false)
    // A process that was killed after its chunk was recorded may have left parts behind.
    const left = this.#options.blobs.missing(plan.layout.blobs)
    for (const blob of left) await this.#options.blobs.parts.adopt(upload.scope, blob)
    return progress(upload.id, next, true, this.#finish(upload, plan))
  }

  #bitmapAnswer(upload: Upload, plan: Plan): UploadAnswer {
    const receipt = readReceipt(upload) ?? (plan.layout.total === 0 ? this.#finish(upload, plan) : undefined)
    return {...progress(upload.id, plan.manifest_bytes, true, receipt), body: {format: 'bitmap', compression: 'none', bytes: plan.bitmap}}
  }

  #finish(upload: Upload, plan: Plan): StageReceipt {
    const sent = sentBytes(upload.received.chunks())
    const receipt: StageReceipt = {
      upload_id: upload.id,
      stager: 'cas',
      source_tree_hash: plan.source_tree_hash,
      entries: plan.entries,
      bytes: plan.bytes,
      bytes_sent: plan.manifest_sent + sent,
      files_changed: plan.layout.blobs.length,
      staged_at: new Date(this.#now()).toISOString(),
      writer: 'harness',
    }
    this.#storing(() => writeFileAtomic(upload.receipt, JSON.stringify(receipt)))
    this.#options.blobs.parts.drop(upload.scope)
    return readReceipt(upload) ?? receipt
  }

  /**
   * What a failed request says and leaves: a transient failure or a misplaced chunk leaves the upload as it was; bytes that
   * are not what they must be end it, with nothing left behind.
   */
  #refuse(upload: Upload, error: unknown): unknown {
    if (error instanceof DigestMismatch) {
      this.#remove(upload)
      const {expected, found} = error
      return new RchError('source_staging_failed', `A blob hashes to ${found}, announced was ${expected}.`, {
        data: {problem: 'digest', expected, found},
      })
    }
    if (isErrno(error, 'ENOENT')) {
      // Swept meanwhile, or a blob that was received is gone: either way it must be sent again.
      this.#remove(upload)
      return unknownUpload(upload.id)
    }
    if (!isRchError(error)) return storageError(error, this.#options.stageRoot, 0)
    if (error.data['base_sha256'] !== undefined) rmSync(upload.manifestDirectory, {recursive: true, force: true})
    else if (error.data['next_offset'] === undefined && !TRANSIENT.has(error.code)) this.#remove(upload)
    return error
  }

  #open(owner: string, request: UploadRequest, create: boolean): Upload {
    const id = request.stream?.upload_id ?? request.payload['upload_id']
    if (typeof id !== 'string' || !IDENTIFIER.test(id)) {
      throw new RchError('protocol_error', 'The request names no upload.', {
        data: {field: 'payload.stream.upload_id', got: String(id).slice(0, 80)},
      })
    }
    const existing = this.#find(owner, id)
    if (existing !== null) {
      if (create) this.#storing(() => makeUpload(existing))
      touchUpload(existing, this.#now())
      return existing
    }
    if (!create) throw unknownUpload(id)
    const directory = this.#options.directoryOf(owner)
    const count = listIdentifiers(directory).length
    if (count >= MAX_UPLOADS_PER_OWNER) throw tooMany(count)
    const upload = uploadOf(directory, owner, id)
    this.#storing(() => makeUpload(upload))
    return upload
  }

  #find(owner: string, id: string): Upload | null {
    if (!IDENTIFIER.test(id)) return null
    const upload = uploadOf(this.#options.directoryOf(owner), owner, id)
    return lstatSync(upload.root, {throwIfNoEntry: false})?.isDirectory() === true ? upload : null
  }

  *#all(): Generator<{readonly owner: string; readonly upload: Upload; readonly idleMs: number}> {
    for (const owner of listIdentifiers(this.#options.stageRoot, OWNER)) {
      const directory = this.#options.directoryOf(owner)
      for (const id of listIdentifiers(directory)) {
        const upload = uploadOf(directory, owner, id)
        const stat = lstatSync(upload.root, {throwIfNoEntry: false})
        if (stat?.isDirectory() === true) yield {owner, upload, idleMs: this.#now() - stat.mtimeMs}
      }
    }
  }

  #plan(upload: Upload): Plan | null {
    const ino = lstatSync(upload.plan, {throwIfNoEntry: false})?.ino
    if (ino === undefined) return null
    if (this.#known?.directory === upload.plan && this.#known.ino === ino) return this.#known.plan
    const plan = readPlan(upload.plan)
    if (plan !== null) this.#known = {directory: upload.plan, ino, plan}
    return plan
  }

  /** Out of sight by one rename, then gone. */
  #remove(upload: Upload): void {
    const aside = join(this.#options.directoryOf(upload.owner), `.removed-${randomUUID()}`)
    try {
      renameSync(upload.root, aside)
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
    rmSync(aside, {recursive: true, force: true})
    this.#options.blobs.parts.drop(upload.scope)
  }

  #storing<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storageError(error, this.#options.stageRoot, 0)
    }
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now()
  }
}

/** Of a manifest that was checked when it came; whatever looks like a digest of an entry is one. */
function* digestsIn(manifest: Buffer): Generator<string> {
  const document: unknown = JSON.parse(manifest.toString())
  if (typeof document !== 'object' || document === null || !('entries' in document) || !Array.isArray(document.entries)) return
  for (const entry of document.entries as readonly unknown[]) {
    if (typeof entry === 'object' && entry !== null && 'sha256' in entry && typeof entry.sha256 === 'string') yield entry.sha256
  }
}

function manifestLimit(limits: UploadLimits): number {
  return limits.max_entries * MAX_ENTRY_BYTES + MAX_CHUNK_BYTES
}
