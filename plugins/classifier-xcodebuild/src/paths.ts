import {posix} from 'node:path'

/**
 * A path of the command, relative to the repository root; `null` when it leaves the repository. Pure: links are not followed.
 * @param directory the command's directory, relative to the root, `.` for the root itself
 * @returns `/`-separated, `.` for the root itself
 */
export function insideRepository(path: string, directory: string, root: string): string | null {
  if (path === '' || path.includes('\\')) return null
  const absolute = posix.isAbsolute(path) ? posix.normalize(path) : posix.join(root, directory, path)
  return relativeTo(root, absolute)
}

/** Where an absolute path lies under the root; `null` when it does not. */
export function relativeTo(root: string, absolute: string): string | null {
  const base = trimSlash(posix.normalize(root))
  const path = trimSlash(posix.normalize(absolute))
  if (path === base) return '.'
  const prefix = base === '/' ? '/' : `${base}/`
  return path.startsWith(prefix) ? path.slice(prefix.length) : null
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
