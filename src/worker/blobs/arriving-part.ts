import {closeSync, constants, fstatSync, lstatSync} from 'node:fs'
import {createHash, type Hash} from 'node:crypto'
import {isErrno} from '../../infra/files.ts'
import {openMaking, writeAll} from './blob-files.ts'

/**
 * The part that arrives at this process in order from its start: hashed on the way, so that a large content need not be read again
 * at its end. Only for a file that this process itself has made.
 */
export class ArrivingPart {
  #open: {readonly path: string; readonly fd: number; readonly digest: Hash; position: number} | null = null

  /** Whether a piece at `offset` is the next one. */
  goesOn(path: string, offset: number): boolean {
    return this.#open?.path === path && this.#open.position === offset && offset > 0
  }

  /** Starts a part; `false` when its file is there already. */
  begin(path: string): boolean {
    this.#close()
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    try {
      this.#open = {path, fd: openMaking(path, flags, 0o600), digest: createHash('sha256'), position: 0}
      return true
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return false
      throw error
    }
  }

  /** The next piece of what was begun. After a failure nothing is known of the part any more. */
  write(bytes: Uint8Array): void {
    const open = this.#open
    if (open === null) return
    try {
      writeAll(open.fd, bytes, open.position)
    } catch (error) {
      this.#close()
      throw error
    }
    open.digest.update(bytes)
    open.position += bytes.length
  }

  /** The digest of the part at `path`, which is at `now` by now, when all of its `bytes` came here; else `null`. */
  finish(path: string, now: string, bytes: number): string | null {
    const open = this.#open
    if (open?.path !== path) return null
    try {
      const [mine, there] = [fstatSync(open.fd), lstatSync(now)]
      const isThat = mine.ino === there.ino && mine.dev === there.dev && there.size === bytes
      return isThat && open.position === bytes ? open.digest.digest('hex') : null
    } finally {
      this.#close()
    }
  }

  #close(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }
}
