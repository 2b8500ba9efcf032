import {
  chmodSync,
  closeSync,
  constants,
  createReadStream,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import {createHash, hash, randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import type {BlobRef} from '@rch/contract/source'
import {isErrno} from '../../infra/files.ts'
import {Breather} from '../platform/breather.ts'
import {ArrivingPart} from './arriving-part.ts'
import {BLOB_MODE, blobPlaces, openMaking, renameMaking, writeAll, writeThenRename, type BlobPlaces} from './blob-files.ts'
import {encodePack, readExactly, readInto} from './pack-file.ts'
import {PackSet} from './pack-set.ts'
import {storageError} from './storage-error.ts'

/** Blobs up to this size may share a file. */
const PACKABLE_BYTES = 64 * 1024
/** Fewer than this are not worth a pack of their own. */
const PACK_COUNT = 32
/** Contents of this size and more are streamed. */
export const LARGE_BLOB_BYTES = 4 * 1024 * 1024
const SLICE_BYTES = 1024 * 1024
/** How stale a blob's time of last use may get. */
const TOUCH_AFTER_MS = 12 * 60 * 60 * 1000

export interface Blob {
  readonly sha256: string
  readonly content: Uint8Array
}

/**
 * Contents by digest under `cache_root/blobs`. A blob is there whole or not at all, whatever is killed when; writers need no
 * lock, since whoever stores the same digest stores the same bytes. Nothing is synced: what a power cut damages is found by
 * its digest when it is read, moved to quarantine, and asked for again.
 */
export class BlobStore {
  readonly places: BlobPlaces
  readonly packs: PackSet
  readonly #touched = new Set<string>()
  readonly #arriving = new ArrivingPart()

  constructor(root: string) {
    this.places = blobPlaces(root)
    this.packs = new PackSet(this.places.packs)
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
      if (packed) writeThenRename(this.places, join(this.places.packs, `${randomUUID()}.pack`), encodePack(packable))
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
    this.#touch(path)
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

  /**
   * Writes a piece of a blob that arrives in pieces. Pieces may come in any order, from any process, and more than once; those that
   * come to one process, in order from the start, are hashed as they come.
   */
  async writePart(scope: string, blob: BlobRef, offset: number, bytes: Uint8Array): Promise<void> {
    try {
      const path = join(this.places.parts(scope), blob.sha256)
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
      throw storageError(error, this.places.root, bytes.length)
    }
  }

  /**
   * Makes a blob of pieces that are all there. Throws `DigestMismatch` and drops them when they are something else; does
   * nothing when another process did it already.
   */
  async adoptParts(scope: string, blob: BlobRef): Promise<void> {
    const path = join(this.places.parts(scope), blob.sha256)
    // From here on nobody opens it for writing. Whoever did before left the mark first.
    const whole = `${path}.whole`
    let found: string | null
    try {
      renameIfThere(path, whole)
      const known = await this.#arriving.finish(path, whole, blob.bytes)
      found = known !== null && !existsSync(sharedMark(path)) ? known : await digestOfFile(whole, blob.bytes)
    } catch (error) {
      if (isErrno(error, 'ENOENT') && this.has(blob)) return
      throw error
    }
    if (found !== blob.sha256) {
      rmSync(whole, {force: true})
      throw new DigestMismatch(blob.sha256, found ?? 'a file of another size')
    }
    try {
      chmodSync(whole, BLOB_MODE)
      renameMaking(whole, this.places.loose(blob.sha256))
    } catch (error) {
      if (isErrno(error, 'ENOENT') && this.has(blob)) return
      throw storageError(error, this.places.root, 0)
    }
  }

  dropParts(scope: string): void {
    rmSync(this.places.parts(scope), {recursive: true, force: true})
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
    this.repack(place.pack, (packed) => packed !== sha256)
  }

  /** Replaces a pack by one with only those blobs that `keep` wants and that are undamaged. */
  repack(pack: string, keep: (sha256: string) => boolean): void {
    const path = this.packs.path(pack)
    const kept: Blob[] = []
    const fd = openIfThere(path)
    if (fd === null) return
    try {
      for (const {sha256, offset, bytes} of this.packs.packs().get(pack) ?? []) {
        if (!keep(sha256)) continue
        const content = readExactly(fd, offset, bytes)
        if (content !== null && hash('sha256', content) === sha256) kept.push({sha256, content})
      }
    } finally {
      closeSync(fd)
    }
    if (kept.length > 0) writeThenRename(this.places, join(this.places.packs, `${randomUUID()}.pack`), encodePack(kept))
    rmSync(path, {force: true})
    this.packs.refresh()
  }

  #isHere(blob: BlobRef): boolean {
    const packed = this.packs.find(blob.sha256)
    if (packed !== undefined) return packed.bytes === blob.bytes
    return statSync(this.places.loose(blob.sha256), {throwIfNoEntry: false})?.size === blob.bytes
  }

  /** Notes that a file is in use, at most twice a day. */
  #touch(path: string): void {
    if (this.#touched.has(path)) return
    this.#touched.add(path)
    const now = Date.now()
    try {
      if (now - lstatSync(path).mtimeMs > TOUCH_AFTER_MS) utimesSync(path, now / 1000, now / 1000)
    } catch {
      // Only the collector's idea of its age suffers.
    }
  }

  #readUnchecked(sha256: string): Buffer | null {
    // Twice: a pack that was known may have been replaced meanwhile.
    for (const again of [true, false]) {
      const place = this.packs.find(sha256)
      const path = place === undefined ? this.places.loose(sha256) : this.packs.path(place.pack)
      const content = place === undefined ? readLoose(path) : readPacked(path, place.offset, place.bytes)
      if (content !== null) {
        this.#touch(path)
        return content
      }
      if (again) this.packs.refresh()
    }
    return null
  }
}

/** Bytes that are not what their digest says. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch'
  readonly expected: string
  readonly found: string

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.expected = expected
    this.found = found
  }
}

/** The digest of a file, or `null` when it has another size. Memory is flat; other work gets its turn. */
export async function digestOfFile(path: string, bytes: number): Promise<string | null> {
  const fd = openSync(path, 'r')
  try {
    const digest = createHash('sha256')
    const breather = new Breather()
    const buffer = Buffer.allocUnsafe(Math.min(SLICE_BYTES, bytes))
    for (let offset = 0; offset < bytes; offset += SLICE_BYTES) {
      const slice = buffer.subarray(0, Math.min(SLICE_BYTES, bytes - offset))
      if (!readInto(fd, offset, slice)) return null
      digest.update(slice)
      await breather.pause()
    }
    return readExactly(fd, bytes, 1) === null ? digest.digest('hex') : null
  } finally {
    closeSync(fd)
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}

/** Says that more than one process may have written a part. */
function sharedMark(path: string): string {
  return `${path}.shared`
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

function readPacked(path: string, offset: number, bytes: number): Buffer | null {
  const fd = openIfThere(path)
  if (fd === null) return null
  try {
    return readExactly(fd, offset, bytes)
  } finally {
    closeSync(fd)
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}
