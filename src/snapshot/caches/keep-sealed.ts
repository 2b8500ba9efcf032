import {dirname} from 'node:path'
import {makeDirectory} from '../../infra/files.ts'
import {writeSealed} from '../../infra/sealed-file.ts'

/** Replaces a cache file. Failing to costs time later, never correctness: on a full or read-only disk it is worked out again. */
export function keepSealed(path: string, pieces: Iterable<string | Uint8Array>): void {
  try {
    makeDirectory(dirname(path))
    writeSealed(path, pieces)
  } catch {
    // As if nothing had been kept.
  }
}
