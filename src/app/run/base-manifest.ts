import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {makeDirectory, writeFileAtomic} from '../../infra/files.ts'
import type {Lane} from '../lane.ts'

/** The manifest that went to a worker last, so that the next one travels as its difference. A cache: with none, the whole one goes. */
export interface BaseManifest {
  readonly bytes: Uint8Array | undefined
  keep(bytes: Uint8Array): void
}

export function baseManifest({repo}: Pick<Lane, 'repo'>, worker: string): BaseManifest {
  const file = join(repo.snapshotCache, `base-${worker}.json`)
  return {
    bytes: readQuietly(file),
    keep(bytes) {
      try {
        makeDirectory(dirname(file))
        writeFileAtomic(file, bytes)
      } catch {
        // A full or read-only disk: the next staging sends its whole manifest.
      }
    },
  }
}

function readQuietly(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
