import {closeSync, constants, fstatSync, lstatSync} from 'node:fs'
import {isErrno} from '../../infra/files.ts'
import {openMaking} from './blob-files.ts'
import {partWriter, type PartWriter} from './part-writer.ts'

/**
 * The part that arrives at this process in order from its start: hashed on the way, so that a large content need not be read again
 * at its end. Only for a file that this process itself has made.
 */
export class ArrivingPart {
  #open: {readonly path: string; readonly fd: number; readonly writer: PartWriter; position: number} | null = null

  /** Whether a piece at `offset` is the next one. */
  goesOn(path: string, offset: number): boolean {
    return this.#open?.path === path && this.#open.position === offset && offset > 0
  }

  /** Starts a part of a content of `bytes`; `false` when its file is there already. */
  begin(path: string, bytes: number): boolean {
    this.#close()
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    try {
      const fd = openMaking(path, flags, 0o600)
      this.#open = {path, fd, writer: partWriter(fd, bytes), position: 0}
      return true
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return false
      throw error
    }
  }

  /** The next piece of what was begun, hashed and written. After a failure nothing is known of the part any more. */
  async write(bytes: Uint8Array): Promise<void> {
    const open = this.#open
    if (open === null) return
    try {
      await open.writer.write(bytes)
      open.position += bytes.length
    } catch (error) {
      this.#close()
      throw error
    }
  }

  /** The digest of the part at `path`, which is at `now` by now, when all of its `bytes` came here; else `null`. */
  async finish(path: string, now: string, bytes: number): Promise<string | null> {
    const open = this.#open
    if (open?.path !== path) return null
    try {
      const [mine, there] = [fstatSync(open.fd), lstatSync(now)]
      const isThat = mine.ino === there.ino && mine.dev === there.dev && there.size === bytes
      return isThat && open.position === bytes ? await open.writer.digest() : null
    } finally {
      this.#close()
    }
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    if (open === null) return
    open.writer.close()
    closeSync(open.fd)
  }
}
