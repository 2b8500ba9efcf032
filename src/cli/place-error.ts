import {dirname, sep} from 'node:path'
import {isRchError, RchError} from '@rch/contract'
import {isErrno} from '../infra/errno.ts'
import {placesOf} from '../infra/places.ts'

/**
 * What it means when the operating system refuses a folder of ours: its permissions, a file where a folder should be, a full
 * volume. `null` for every other failure. Pure but for the home directory.
 */
export function placeError(error: unknown, env: NodeJS.ProcessEnv): RchError | null {
  const cause = isRchError(error) && error.code === 'internal_error' ? error.cause : error
  if (!isErrno(cause, ...REFUSALS, ...FULL) || cause.path === undefined) return null
  const {path, message, code = ''} = cause
  const {config, artifacts, cache, state} = placesOf(env, null)
  const found = [
    ['XDG_DATA_HOME', dirname(artifacts)],
    ['XDG_STATE_HOME', state],
    ['XDG_CACHE_HOME', cache],
    ['RCH_CONFIG_DIR', config],
  ].find(([, place = '']) => path === place || path.startsWith(place + sep))
  if (found === undefined) return null
  const [variable, place] = found
  if (FULL.includes(code)) return new RchError('host_disk_full', `There is no room in ${place}.`, {data: {path}, cause})
  return new RchError('usage_error', `${place} cannot be used: ${message}`, {
    data: {problem: code, path},
    hint: `Correct what stands there and its permissions, or set ${variable} to a folder that you may write to.`,
    cause,
  })
}

const REFUSALS: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EEXIST']
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT']
