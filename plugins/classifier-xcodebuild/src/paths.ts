import {posix} from 'node:path'
import type {ClassifierPolicy, CommandInput} from '@rch/contract'

/** Where the repository lies; `alias` is another path to the very same directory. */
export interface Root {
  readonly path: string
  readonly alias: string | null
}

export function rootOf({root_alias: alias = null}: CommandInput, {repo_root: path}: ClassifierPolicy): Root {
  return {path, alias}
}

/**
 * A path of the command, relative to the repository root; `null` when it leaves the repository. Pure: links are not followed.
 * @param directory the command's directory, relative to the root, `.` for the root itself
 * @returns `/`-separated, `.` for the root itself
 */
export function insideRepository(path: string, directory: string, root: Root): string | null {
  if (path === '' || path.includes('\\')) return null
  if (!posix.isAbsolute(path)) return relativeTo(root.path, posix.join(root.path, directory, path))
  return relativeTo(root.path, path) ?? (root.alias === null ? null : relativeTo(root.alias, path))
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
