import {lstatSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {SourceEntry} from '@rch/contract/source'

/**
 * When the directories that hold these entries (and, for absent paths, the nearest directory that is left) last changed, in
 * milliseconds since the epoch: no name below them was made or removed after that.
 */
export function latestDirectoryChange(root: string, entries: readonly SourceEntry[], absent: Iterable<string>): number {
  let latest = changeOf(root)
  let previous = ''
  const seen = new Set<string>()
  const visit = (directory: string): void => {
    for (let at = directory; at !== '' && !seen.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      seen.add(at)
      latest = Math.max(latest, changeOf(join(root, at)))
    }
  }
  for (const {path} of entries) {
    const end = path.lastIndexOf('/')
    if (end === previous.length && path.startsWith(previous)) continue
    previous = end === -1 ? '' : path.slice(0, end)
    visit(previous)
  }
  for (const path of absent) {
    let directory = dirname(path)
    while (directory !== '.' && lstatSync(join(root, directory), {throwIfNoEntry: false}) === undefined) directory = dirname(directory)
    if (directory !== '.') visit(directory)
  }
  return latest
}

/** A directory that is gone has changed just now. */
function changeOf(directory: string): number {
  return lstatSync(directory, {throwIfNoEntry: false})?.ctimeMs ?? Date.now()
}
