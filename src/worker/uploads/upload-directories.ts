import {lstatSync, renameSync, rmSync} from 'node:fs'
import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {IDENTIFIER} from '@rch/contract/identity'
import {isErrno} from '../../infra/files.ts'
import {storing} from '../failures/storage-error.ts'
import {MAX_UPLOADS_PER_OWNER, tooMany, unknownUpload} from './upload-answers.ts'
import {listIdentifiers, makeUpload, touchUpload, uploadOf, type Upload} from './upload-directory.ts'
import type {UploadsOptions} from './uploads-options.ts'

/** Removed from sight, perhaps not yet from the disk. */
const REMOVED = /^\.removed-/
const OWNER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** The directories of all uploads, each `stage_root/<owner>/<upload_id>`: how they come, are found and go. */
export class UploadDirectories {
  readonly #options: UploadsOptions

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  /** An upload for a request to work on, noted as in use. Throws `source_missing` when it is not here and not to be made. */
  open(owner: string, id: string, create: boolean): Upload {
    const {directoryOf, stageRoot} = this.#options
    const existing = this.find(owner, id)
    if (existing !== null) {
      if (create) storing(stageRoot, () => makeUpload(existing))
      this.touch(existing)
      return existing
    }
    if (!create) throw unknownUpload(id)
    const directory = directoryOf(owner)
    const count = listIdentifiers(directory).length
    if (count >= MAX_UPLOADS_PER_OWNER) throw tooMany(count)
    const upload = uploadOf(directory, owner, id)
    storing(stageRoot, () => makeUpload(upload))
    return upload
  }

  find(owner: string, id: string): Upload | null {
    if (!IDENTIFIER.test(id)) return null
    const upload = uploadOf(this.#options.directoryOf(owner), owner, id)
    return lstatSync(upload.root, {throwIfNoEntry: false})?.isDirectory() === true ? upload : null
  }

  touch(upload: Upload): void {
    touchUpload(upload, this.#options.now())
  }

  *all(): Generator<{readonly owner: string; readonly upload: Upload; readonly idleMs: number}> {
    const {stageRoot, directoryOf, now} = this.#options
    for (const owner of listIdentifiers(stageRoot, OWNER)) {
      const directory = directoryOf(owner)
      for (const id of listIdentifiers(directory)) {
        const upload = uploadOf(directory, owner, id)
        const stat = lstatSync(upload.root, {throwIfNoEntry: false})
        if (stat?.isDirectory() === true) yield {owner, upload, idleMs: now() - stat.mtimeMs}
      }
    }
  }

  /** Out of sight by one rename, then gone, and with it what it has of blobs in parts. */
  remove(upload: Upload): void {
    const aside = join(this.#options.directoryOf(upload.owner), `.removed-${randomUUID()}`)
    try {
      renameSync(upload.root, aside)
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
    rmSync(aside, {recursive: true, force: true})
    this.#options.blobs.parts.drop(upload.scope)
  }

  /** Deletes what was put out of sight by processes that ended before it was gone. */
  clear(): void {
    for (const owner of listIdentifiers(this.#options.stageRoot, OWNER)) {
      const directory = this.#options.directoryOf(owner)
      for (const name of listIdentifiers(directory, REMOVED)) rmSync(join(directory, name), {recursive: true, force: true})
    }
  }
}
