import {readIfThere, writeFileAtomic} from './files.ts'
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

export function writeCached(file: string, value: unknown): void {
  writeFileAtomic(file, JSON.stringify(value))
}
