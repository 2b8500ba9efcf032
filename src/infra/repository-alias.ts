import {realpathSync} from 'node:fs'
import {isAbsolute, relative, sep} from 'node:path'
import type {Environment} from './config-files.ts'

/**
 * The repository's path as the shell names it (`PWD`), where links lead there by another one: `/tmp/app` for `/private/tmp/app`.
 *
 * @param root real path of the repository
 * @param cwd real path of the directory, in or under `root`
 * @returns `null` unless it leads to the very same directory
 */
export function repositoryAlias(root: string, cwd: string, env: Environment): string | null {
  const shown = env['PWD']
  if (shown === undefined || shown === cwd || !isAbsolute(shown)) return null
  const below = relative(root, cwd)
  if (below !== '' && !shown.endsWith(sep + below)) return null
  const alias = below === '' ? shown : shown.slice(0, -below.length - 1)
  return alias !== '' && leadsTo(alias, root) && leadsTo(shown, cwd) ? alias : null
}

function leadsTo(path: string, real: string): boolean {
  try {
    return realpathSync(path) === real
  } catch {
    return false
  }
}
