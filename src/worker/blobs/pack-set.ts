import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../infra/files.ts'
import {readPackIndex, type PackedBlob} from './pack-file.ts'

export interface PackPlace extends PackedBlob {
  readonly pack: string
}

/** What all packs of a directory hold, as far as this process has looked. Packs come and go; `refresh` looks again. */
export class PackSet {
  readonly #directory: string
  readonly #packs = new Map<string, readonly PackedBlob[]>()
  readonly #places = new Map<string, PackPlace>()

  constructor(directory: string) {
    this.#directory = directory
  }

  find(sha256: string): PackPlace | undefined {
    return this.#places.get(sha256)
  }

  /** Names of the packs and what they hold. */
  packs(): ReadonlyMap<string, readonly PackedBlob[]> {
    return this.#packs
  }

  path(pack: string): string {
    return join(this.#directory, pack)
  }

  /** Reads the indexes of packs that are new and forgets those that are gone; deletes what is no whole pack. */
  refresh(): void {
    const names = new Set(packNames(this.#directory))
    for (const name of this.#packs.keys()) if (!names.has(name)) this.#forget(name)
    for (const name of names) if (!this.#packs.has(name)) this.#load(name)
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

function packNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.pack'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
