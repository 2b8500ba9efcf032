import {closeSync, openSync, readdirSync, rmSync} from 'node:fs'
import {hash, randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {isErrno} from '../../infra/files.ts'
import type {Blob} from './blob.ts'
import {writeThenRename, type BlobPlaces} from './blob-files.ts'
import {encodePack, readExactly, readPackIndex, type PackedBlob} from './pack-file.ts'

export interface PackPlace extends PackedBlob {
  readonly pack: string
}

/** The packs of a blob store and what they hold, as far as this process has looked. Packs come and go; `refresh` looks again. */
export class PackSet {
  readonly #where: BlobPlaces
  readonly #packs = new Map<string, readonly PackedBlob[]>()
  readonly #places = new Map<string, PackPlace>()

  constructor(places: BlobPlaces) {
    this.#where = places
  }

  find(sha256: string): PackPlace | undefined {
    return this.#places.get(sha256)
  }

  /** Names of the packs and what they hold. */
  packs(): ReadonlyMap<string, readonly PackedBlob[]> {
    return this.#packs
  }

  path(pack: string): string {
    return join(this.#where.packs, pack)
  }

  /** Reads the indexes of packs that are new and forgets those that are gone; deletes what is no whole pack. */
  refresh(): void {
    const names = new Set(packNames(this.#where.packs))
    for (const name of this.#packs.keys()) if (!names.has(name)) this.#forget(name)
    for (const name of names) if (!this.#packs.has(name)) this.#load(name)
  }

  /** Makes one pack of these blobs, whose digests were checked; `refresh` finds it. */
  write(blobs: readonly Blob[]): void {
    writeThenRename(this.#where, this.path(`${randomUUID()}.pack`), encodePack(blobs))
  }

  /** The content at a place, unchecked; `null` when its pack is gone or ends before. */
  read({pack, offset, bytes}: PackPlace): Buffer | null {
    const fd = openIfThere(this.path(pack))
    if (fd === null) return null
    try {
      return readExactly(fd, offset, bytes)
    } finally {
      closeSync(fd)
    }
  }

  /** Replaces a pack by one with only those blobs that `keep` wants and that are undamaged. */
  repack(pack: string, keep: (sha256: string) => boolean): void {
    const path = this.path(pack)
    const kept: Blob[] = []
    const fd = openIfThere(path)
    if (fd === null) return
    try {
      for (const {sha256, offset, bytes} of this.#packs.get(pack) ?? []) {
        if (!keep(sha256)) continue
        const content = readExactly(fd, offset, bytes)
        if (content !== null && hash('sha256', content) === sha256) kept.push({sha256, content})
      }
    } finally {
      closeSync(fd)
    }
    if (kept.length > 0) this.write(kept)
    rmSync(path, {force: true})
    this.refresh()
  }

  #load(name: string): void {
    let blobs: readonly PackedBlob[] | null
    try {
      blobs = readPackIndex(this.path(name))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    if (blobs === null) {
      // Renamed into place whole by us, so only a power cut makes one: what it held is missing now and will be sent again.
      rmSync(this.path(name), {force: true})
      return
    }
    this.#packs.set(name, blobs)
    for (const {sha256, offset, bytes} of blobs) this.#places.set(sha256, {sha256, offset, bytes, pack: name})
  }

  #forget(name: string): void {
    for (const {sha256} of this.#packs.get(name) ?? []) if (this.#places.get(sha256)?.pack === name) this.#places.delete(sha256)
    this.#packs.delete(name)
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

function packNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.pack'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
