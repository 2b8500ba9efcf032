import {closeSync, openSync, readSync} from 'node:fs'
import {setImmediate as breathe} from 'node:timers/promises'
import {logOf} from './storage.ts'

export interface FollowedLog {
  /** Reads what is left and stops; rejects with what went wrong meanwhile. `fallback` is read when no log was found by its name. */
  finish(fallback: string | null): Promise<void>
}

const LOOK_EVERY_MS = 100
const CHUNK = 256 * 1024
/** So much is handed on before others get their turn. */
const CHUNKS_AT_ONCE = 8

/** Reads the log of process `pid` while it grows; it appears with its first byte. */
export function followLog(folder: string, pid: number, onBytes: (bytes: Uint8Array) => void): FollowedLog {
  let file: number | null = null
  let offset = 0
  let problem: unknown = null
  let timer = setTimeout(look, LOOK_EVERY_MS)
  return {
    finish: async (fallback) => {
      clearTimeout(timer)
      try {
        if (problem !== null) throw problem
        if (file === null) open(logOf(folder, pid) ?? fallback)
        while (read()) await breathe()
      } finally {
        if (file !== null) closeSync(file)
      }
    },
  }

  function look(): void {
    try {
      if (file === null) open(logOf(folder, pid))
      timer = setTimeout(look, read() ? 0 : LOOK_EVERY_MS)
    } catch (error) {
      problem = error
    }
  }

  function open(path: string | null): void {
    if (path !== null) file = openSync(path, 'r')
  }

  /** Hands on what is new, up to a limit. Answers whether there may be more. */
  function read(): boolean {
    if (file === null) return false
    for (let chunks = 0; chunks < CHUNKS_AT_ONCE; chunks += 1) {
      const buffer = Buffer.allocUnsafe(CHUNK)
      const count = readSync(file, buffer, 0, CHUNK, offset)
      if (count === 0) return false
      offset += count
      onBytes(buffer.subarray(0, count))
    }
    return true
  }
}
