import {readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {makeDirectory, writeFileAtomic} from '../infra/files.ts'
import type {Scan} from './scan.ts'

/** What the last scan of a work tree came to, by its keys: spares hashing and checking a tree that is as it was. */
export interface TreeMemo {
  treeHashOf(scan: Scan): string | undefined
  /** These very paths were found to be safe and distinct. */
  knowsPathsOf(scan: Scan): boolean
  save(scan: Scan, treeHash: string): void
}

export function openTreeMemo(path: string): TreeMemo {
  const [entriesKey, pathsKey, treeHash] = load(path)
  return {
    treeHashOf: ({keys}) => (keys !== null && keys.entries === entriesKey ? treeHash : undefined),
    knowsPathsOf: ({keys}) => keys !== null && keys.paths === pathsKey,
    save({keys}, hash) {
      if (keys === null || (keys.entries === entriesKey && hash === treeHash)) return
      try {
        makeDirectory(dirname(path))
        writeFileAtomic(path, `${keys.entries} ${keys.paths} ${hash}\n`)
      } catch {
        // A full or read-only disk: the next snapshot works it out again.
      }
    },
  }
}

function load(path: string): readonly (string | undefined)[] {
  try {
    return /^([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f]{64})\n$/.exec(readFileSync(path, 'latin1'))?.slice(1) ?? []
  } catch {
    return []
  }
}
