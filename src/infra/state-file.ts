import {rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {makeDirectory, readIfThere, writeFileAtomic} from './files.ts'
import {parseStrictJson} from '@rch/contract/json'

/** A JSON value of ours that may be thrown away: anything that cannot be read counts as not there. */
export function readCached(file: string): unknown {
  try {
    const bytes = readIfThere(file)
    return bytes === undefined ? undefined : parseStrictJson(bytes, {maxBytes: 64 * 1024 * 1024})
  } catch {
    return undefined
  }
}

/** Keeps such a value. A cache that cannot be written costs time, never a command. */
export function writeCached(file: string, value: unknown): void {
  try {
    makeDirectory(dirname(file))
    writeFileAtomic(file, JSON.stringify(value))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

export function removeCached(file: string): void {
  try {
    rmSync(file, {force: true})
  } catch (error) {
    // What cannot be removed could not be read either, or lies where nothing of ours is.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}
