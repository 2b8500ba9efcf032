import {dirname, join} from 'node:path'
import {lstatIfThere} from '../infra/files.ts'

/**
 * When these directories, those above them (and, for absent paths, the nearest directory that is left) last changed, in
 * milliseconds since the epoch: no name below them was made or removed after that.
 */
export function latestDirectoryChange(root: string, directories: Iterable<string>, absent: Iterable<string>): number {
  let latest = changeOf(root)
  const seen = new Set<string>()
  const visit = (directory: string): void => {
    for (let at = directory; at !== '' && !seen.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      seen.add(at)
      latest = Math.max(latest, changeOf(`${root}/${at}`))
    }
  }
  for (const directory of directories) visit(directory)
  for (const path of absent) {
    let directory = dirname(path)
    while (directory !== '.' && lstatIfThere(join(root, directory)) === undefined) directory = dirname(directory)
    if (directory !== '.') visit(directory)
  }
  return latest
}

/** A directory that is gone has changed just now. */
function changeOf(directory: string): number {
  return lstatIfThere(directory)?.ctimeMs ?? Date.now()
}
