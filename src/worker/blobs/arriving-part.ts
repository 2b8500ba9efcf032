import {closeSync, constants, fstatSync, lstatSync, write as writeCallback} from 'node:fs'
import {createHash, type Hash} from 'node:crypto'
import {promisify} from 'node:util'
import {isErrno} from '../../infra/files.ts'
import {openMaking} from './blob-files.ts'

const write = promisify(writeCallback)

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

  /** The next piece of what was begun, written while it is hashed. After a failure nothing is known of the part any more. */
  async write(bytes: Uint8Array): Promise<void> {
    const open = this.#open
    if (open === null) return
    const writing = writeAllBeside(open.fd, bytes, open.position)
    open.digest.update(bytes)
    try {
      await writing
    } catch (error) {
      this.#close()
      throw error
    }
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

/** Writes all of `bytes` on a thread of its own. */
async function writeAllBeside(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const {bytesWritten} = await write(fd, bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
