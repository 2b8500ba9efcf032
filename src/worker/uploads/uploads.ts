import {readFileSync} from 'node:fs'
import {RchError} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import type {SourceEntry} from '@rch/contract/source'
import {readIfThere} from '../../infra/files.ts'
import {unknownUpload} from './upload-answers.ts'
import {UploadDirectories} from './upload-directories.ts'
import {readReceipt, type StageReceipt} from './upload-directory.ts'
import type {UploadLimits, UploadsOptions} from './uploads-options.ts'
import {validateManifest} from './validate-manifest.ts'

const IDLE_MS = 60 * 60 * 1000

/** The uploads that are here, for those who work from them and for those who clean up. How they come: `UploadRequests`. */
export class Uploads {
  readonly #limits: UploadLimits
  readonly #directories: UploadDirectories

  constructor(options: UploadsOptions) {
    this.#limits = options.limits
    this.#directories = new UploadDirectories(options)
  }

  /** The receipt and the source of a finished upload. Throws `source_staging_incomplete`, or `source_missing` when it is unknown. */
  finished(
    owner: string,
    uploadId: string,
  ): {readonly receipt: StageReceipt; readonly manifest: Buffer; readonly entries: readonly SourceEntry[]} {
    const upload = this.#directories.find(owner, uploadId)
    if (upload === null) throw unknownUpload(uploadId)
    const receipt = readReceipt(upload)
    if (receipt === undefined) throw new RchError('source_staging_incomplete', undefined, {data: {upload_id: uploadId}})
    const manifest = readFileSync(upload.manifest)
    const limits = this.#limits
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
    const upload = this.#directories.find(owner, uploadId)
    if (upload !== null) this.#directories.touch(upload)
  }

  /** Lets go of an upload and of the blobs it pins. Idempotent. */
  release(owner: string, uploadId: string): void {
    const upload = this.#directories.find(owner, uploadId)
    if (upload !== null) this.#directories.remove(upload)
  }

  /** Removes uploads that are idle for an hour, unless `isLive` knows better, and answers how many, or how many it would. */
  sweep(isLive: (owner: string, uploadId: string) => boolean, dryRun = false): number {
    let removed = 0
    for (const {owner, upload, idleMs} of this.#directories.all()) {
      if (idleMs < IDLE_MS || isLive(owner, upload.id)) continue
      if (!dryRun) this.#directories.remove(upload)
      removed++
    }
    if (!dryRun) this.#directories.clear()
    return removed
  }

  /** Digests that uploads need, for `collectBlobs`. */
  pins(): ReadonlySet<string> {
    const pinned = new Set<string>()
    for (const {upload} of this.#directories.all()) {
      const manifest = readIfThere(upload.manifest)
      if (manifest === undefined) continue
      pinned.add(sha256(manifest))
      for (const digest of digestsIn(manifest)) pinned.add(digest)
    }
    return pinned
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
