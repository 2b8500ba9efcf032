import {chmodSync, closeSync, constants, existsSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {BlobRef} from '@rch/contract/source'
import {isErrno} from '../../infra/files.ts'
import {ArrivingPart} from './arriving-part.ts'
import {DigestMismatch} from './blob.ts'
import {BLOB_MODE, openMaking, renameMaking, writeAll, type BlobPlaces} from './blob-files.ts'
import {digestOfFile} from './digest-of-file.ts'
import {storageError} from '../failures/storage-error.ts'

/** Blobs that arrive in pieces, put together under a scope of their own until they are whole. */
export class BlobParts {
  readonly #places: BlobPlaces
  readonly #isHere: (blob: BlobRef) => boolean
  readonly #arriving = new ArrivingPart()

  /** `isHere` says whether a blob is in the store, whoever brought it. */
  constructor(places: BlobPlaces, isHere: (blob: BlobRef) => boolean) {
    this.#places = places
    this.#isHere = isHere
  }

  /**
   * Writes a piece of a blob that arrives in pieces. Pieces may come in any order, from any process, and more than once; those that
   * come to one process, in order from the start, are hashed as they come.
   */
  async write(scope: string, blob: BlobRef, offset: number, bytes: Uint8Array): Promise<void> {
    try {
      const path = join(this.#places.parts(scope), blob.sha256)
      if (this.#arriving.goesOn(path, offset) || (offset === 0 && this.#arriving.begin(path, blob.bytes))) {
        await this.#arriving.write(bytes)
        return
      }
      // Whoever hashes it as it comes will see that this process wrote too.
      closeSync(openMaking(sharedMark(path), 'a', 0o600))
      const fd = openMaking(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
      try {
        writeAll(fd, bytes, offset)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      throw storageError(error, this.#places.root, bytes.length)
    }
  }

  /**
   * Makes a blob of pieces that are all there. Throws `DigestMismatch` and drops them when they are something else; does
   * nothing when another process did it already.
   */
  async adopt(scope: string, blob: BlobRef): Promise<void> {
    const path = join(this.#places.parts(scope), blob.sha256)
    // From here on nobody opens it for writing. Whoever did before left the mark first.
    const whole = `${path}.whole`
    let found: string | null
    try {
      renameIfThere(path, whole)
      const known = await this.#arriving.finish(path, whole, blob.bytes)
      found = known !== null && !existsSync(sharedMark(path)) ? known : await digestOfFile(whole, blob.bytes)
    } catch (error) {
      if (isErrno(error, 'ENOENT') && this.#isHere(blob)) return
      throw error
    }
    if (found !== blob.sha256) {
      rmSync(whole, {force: true})
      throw new DigestMismatch(blob.sha256, found ?? 'a file of another size')
    }
    try {
      chmodSync(whole, BLOB_MODE)
      renameMaking(whole, this.#places.loose(blob.sha256))
    } catch (error) {
      if (isErrno(error, 'ENOENT') && this.#isHere(blob)) return
      throw storageError(error, this.#places.root, 0)
    }
  }

  drop(scope: string): void {
    rmSync(this.#places.parts(scope), {recursive: true, force: true})
  }
}

/** Says that more than one process may have written a part. */
function sharedMark(path: string): string {
  return `${path}.shared`
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
