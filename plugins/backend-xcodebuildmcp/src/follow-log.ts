import {closeSync, openSync, readSync} from 'node:fs'
import {logOf} from './storage.ts'

export interface FollowedLog {
  /** Reads what is left and stops. `fallback` is read when no log was found by its name. */
  finish(fallback: string | null): void
}

const LOOK_EVERY_MS = 100
const CHUNK = 256 * 1024

/** Reads the log of process `pid` while it grows; it appears with its first byte. */
export function followLog(folder: string, pid: number, onBytes: (bytes: Uint8Array) => void): FollowedLog {
  let file: number | null = null
  let offset = 0
  const open = (path: string | null): void => {
    if (path !== null) file = openSync(path, 'r')
  }
  const read = (): void => {
    if (file === null) return
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK)
      const count = readSync(file, buffer, 0, CHUNK, offset)
      if (count === 0) return
      offset += count
      onBytes(buffer.subarray(0, count))
    }
  }
  const timer = setInterval(() => {
    if (file === null) open(logOf(folder, pid))
    read()
  }, LOOK_EVERY_MS)
  return {
    finish: (fallback) => {
      clearInterval(timer)
      if (file === null) open(logOf(folder, pid) ?? fallback)
      read()
      if (file !== null) closeSync(file)
    },
  }
}
