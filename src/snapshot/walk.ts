import {lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {changedMs} from './hash/hash-file.ts'

/** What lies below a directory. Paths are relative to the root; symbolic links are not followed. */
export interface Walked {
  readonly paths: readonly string[]
  /** Directories that cannot be listed, with the reason. */
  readonly unreadable: readonly {readonly path: string; readonly detail: string}[]
  /** Names that are not UTF-8, as far as they can be shown. */
  readonly undecodable: readonly string[]
  readonly latestChangeMs: number
}

/** Lists everything but directories below `base` (`''` or `/`-terminated), leaving out directories that `prunes` names. */
export function walk(root: string, base: string, prunes: (directory: string) => boolean): Walked {
  const paths: string[] = []
  const unreadable: {path: string; detail: string}[] = []
  const undecodable: string[] = []
  let latestChangeMs = 0
  const pending = [base]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    try {
      const absolute = join(root, directory)
      // Stamped before it is listed: a change during the listing is a change after the stamp.
      const changed = changedMs(lstatSync(absolute).ctimeMs)
      if (changed > latestChangeMs) latestChangeMs = changed
      for (const entry of readdirSync(absolute, {withFileTypes: true})) {
        const path = directory + entry.name
        if (entry.name.includes('\ufffd')) undecodable.push(path)
        else if (!entry.isDirectory()) paths.push(path)
        else if (!prunes(path)) pending.push(`${path}/`)
      }
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      if (!missing) unreadable.push({path: directory.slice(0, -1), detail: error instanceof Error ? error.message : String(error)})
    }
  }
  return {paths, unreadable, undecodable, latestChangeMs}
}
