import {join} from 'node:path'
import {isErrno, lstatIfThere} from '../../infra/files.ts'

/**
 * Says of paths below `root` whether a directory on the way to them is a symbolic link: what lies there is not of this tree. Each
 * directory is looked at once.
 */
export function linkAbove(root: string): (path: string) => boolean {
  const known = new Map<string, boolean>([['', false]])
  const isLinked = (directory: string): boolean => {
    const before = known.get(directory)
    if (before !== undefined) return before
    const linked = isLinked(parentOf(directory)) || isLink(join(root, directory))
    known.set(directory, linked)
    return linked
  }
  return (path) => isLinked(parentOf(path))
}

/** What lies in a closed directory cannot be read either, and whoever tries is told so. */
function isLink(path: string): boolean {
  try {
    return lstatIfThere(path)?.isSymbolicLink() === true
  } catch (error) {
    if (isErrno(error, 'EACCES')) return false
    throw error
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
