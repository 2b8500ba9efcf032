import {closeSync, createReadStream, existsSync, readFileSync, rmSync, statSync} from 'node:fs'
import {createHash, hash, randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import type {BlobRef} from '@rch/contract/source'
import {isErrno} from '../../infra/files.ts'
import {Breather} from '../platform/breather.ts'
import {DigestMismatch, type Blob} from './blob.ts'
import {BLOB_MODE, blobPlaces, openMaking, renameMaking, writeAll, writeThenRename, type BlobPlaces} from './blob-files.ts'
import {BlobParts} from './blob-parts.ts'
import {SLICE_BYTES} from './digest-of-file.ts'
import {LastUse} from './last-use.ts'
import {PackSet} from './pack-set.ts'
import {storageError} from '../failures/storage-error.ts'

/** Blobs up to this size may share a file. */
const PACKABLE_BYTES = 64 * 1024
/** Fewer than this are not worth a pack of their own. */
const PACK_COUNT = 32
/** Contents of this size and more are streamed. */
export const LARGE_BLOB_BYTES = 4 * 1024 * 1024

/**
 * Contents by digest under `cache_root/blobs`. A blob is there whole or not at all, whatever is killed when; writers need no
 * lock, since whoever stores the same digest stores the same bytes. Nothing is synced: what a power cut damages is found by
 * its digest when it is read, moved to quarantine, and asked for again.
 */
export class BlobStore {
  readonly places: BlobPlaces
  readonly packs: PackSet
  readonly parts: BlobParts
  readonly #lastUse = new LastUse()

  constructor(root: string) {
    this.places = blobPlaces(root)
    this.packs = new PackSet(this.places)
    this.parts = new BlobParts(this.places, (blob) => this.has(blob))
  }

  has(blob: BlobRef): boolean {
    return this.missing([blob]).length === 0
  }

  /** Those of `blobs` that are not here (or here in another size, which is a damaged one), in order. */
  missing<B extends BlobRef>(blobs: readonly B[]): readonly B[] {
    this.packs.refresh()
    return blobs.filter((blob) => !this.#isHere(blob))
  }

  /**
   * Stores contents. All digests are checked first: throws `DigestMismatch`, keeping nothing, when one is wrong. What is here
   * already is left alone. Pin first what a collection must not take meanwhile.
   */
  async putMany(blobs: readonly Blob[]): Promise<void> {
    for (const {sha256, content} of blobs) {
      const found = hash('sha256', content)
      if (found !== sha256) throw new DigestMismatch(sha256, found)
    }
    const wanted = this.missing(blobs.map(({sha256, content}) => ({sha256, content, bytes: content.length})))
    const packable = wanted.filter(({content}) => content.length <= PACKABLE_BYTES)
    const packed = packable.length >= PACK_COUNT
    const breather = new Breather()
    try {
      if (packed) this.packs.write(packable)
      for (const {sha256, content} of wanted) {
        if (packed && content.length <= PACKABLE_BYTES) continue
        writeThenRename(this.places, this.places.loose(sha256), [content])
        await breather.pause()
      }
    } catch (error) {
      throw storageError(
        error,
        this.places.root,
        wanted.reduce((sum, {bytes}) => sum + bytes, 0),
      )
    }
  }

  /** Stores one blob of any size; its digest is checked while it is written. Throws `DigestMismatch`, leaving nothing. */
  async put(sha256: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (content instanceof Uint8Array) return this.putMany([{sha256, content}])
    const temporary = join(this.places.temporary, randomUUID())
    let bytes = 0
    try {
      const fd = openMaking(temporary, 'wx', BLOB_MODE)
      const digest = createHash('sha256')
      try {
        for await (const chunk of content) {
          digest.update(chunk)
          writeAll(fd, chunk, null)
          bytes += chunk.length
        }
      } finally {
        closeSync(fd)
      }
      const found = digest.digest('hex')
      if (found !== sha256) throw new DigestMismatch(sha256, found)
      renameMaking(temporary, this.places.loose(sha256))
    } catch (error) {
      rmSync(temporary, {force: true})
      throw storageError(error, this.places.root, bytes)
    }
    return undefined
  }

  /** A blob's content, its digest checked. Throws `source_missing` when it is not here or was damaged (it is not here any more then). */
  read(blob: BlobRef): Buffer {
    const content = this.#readUnchecked(blob.sha256)
    if (content === null) throw missing(blob.sha256)
    if (content.length !== blob.bytes || hash('sha256', content) !== blob.sha256) {
      this.quarantine(blob.sha256)
      throw missing(blob.sha256)
    }
    return content
  }

  /** A content of unknown size, its digest checked; `null` when it is not here, damaged, or larger than `maxBytes`. */
  readUpTo(sha256: string, maxBytes: number): Buffer | null {
    const size = statSync(this.places.loose(sha256), {throwIfNoEntry: false})?.size ?? 0
    const content = size > maxBytes ? null : this.#readUnchecked(sha256)
    if (content === null || hash('sha256', content) === sha256) return content
    this.quarantine(sha256)
    return null
  }

  /** The path of a blob that is a file of its own, for cloning and streaming; `null` when it is packed or not here. */
  looseFile(sha256: string): string | null {
    const path = this.places.loose(sha256)
    if (!existsSync(path)) return null
    this.#lastUse.touch(path)
    return path
  }

  /** A blob's content in pieces; fails with `source_missing` at the end when the digest is wrong. */
  async *stream(blob: BlobRef): AsyncGenerator<Uint8Array> {
    const path = blob.bytes < LARGE_BLOB_BYTES ? null : this.looseFile(blob.sha256)
    if (path === null) {
      yield this.read(blob)
      return
    }
    const digest = createHash('sha256')
    for await (const chunk of createReadStream(path, {highWaterMark: SLICE_BYTES})) {
      digest.update(chunk)
      yield chunk
    }
    if (digest.digest('hex') === blob.sha256) return
    this.quarantine(blob.sha256)
    throw missing(blob.sha256)
  }

  /** Takes a damaged blob out of use; its bytes are kept aside for whoever looks for the cause. */
  quarantine(sha256: string): void {
    const aside = join(this.places.quarantine, `${sha256}-${randomUUID()}`)
    try {
      renameMaking(this.places.loose(sha256), aside)
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
    const place = this.packs.find(sha256)
    if (place === undefined) return
    const bad = this.#readUnchecked(sha256)
    if (bad !== null) writeThenRename(this.places, aside, [bad])
    this.packs.repack(place.pack, (packed) => packed !== sha256)
  }

  #isHere(blob: BlobRef): boolean {
    const packed = this.packs.find(blob.sha256)
    if (packed !== undefined) return packed.bytes === blob.bytes
    return statSync(this.places.loose(blob.sha256), {throwIfNoEntry: false})?.size === blob.bytes
  }

  #readUnchecked(sha256: string): Buffer | null {
    // Twice: a pack that was known may have been replaced meanwhile.
    for (const again of [true, false]) {
      const place = this.packs.find(sha256)
      const path = place === undefined ? this.places.loose(sha256) : this.packs.path(place.pack)
      const content = place === undefined ? readLoose(path) : this.packs.read(place)
      if (content !== null) {
        this.#lastUse.touch(path)
        return content
      }
      if (again) this.packs.refresh()
    }
    return null
  }
}

function missing(sha256: string): RchError {
  return new RchError('source_missing', undefined, {data: {digests: [sha256]}})
}

function readLoose(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}
