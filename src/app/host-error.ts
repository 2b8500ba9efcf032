import {dirname, sep} from 'node:path'
import {isRchError, RchError, toRchError} from '@rch/contract'
import {isErrno} from '../infra/errno.ts'
import {placesOf} from '../infra/places.ts'

/**
 * Anything thrown on this machine as it is told: a full disk is `host_disk_full`, one that fails or a limit of open files
 * `host_storage_failed`, a folder of ours that may not be used `usage_error`; what nobody foresaw is `internal_error`.
 */
export function hostError(error: unknown, env: NodeJS.ProcessEnv): RchError {
  const cause = isRchError(error) && error.code === 'internal_error' ? error.cause : error
  if (isErrno(cause, ...FULL)) return diskFull(cause, env)
  if (isErrno(cause, ...FAILING)) return new RchError('host_storage_failed', undefined, {data: {problem: cause.message}, cause})
  if (isErrno(cause, ...REFUSALS)) return unusablePlace(cause, env) ?? toRchError(error)
  return toRchError(error)
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT']
const FAILING: readonly string[] = ['EIO', 'EMFILE', 'ENFILE']
const REFUSALS: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EEXIST']

function diskFull(cause: NodeJS.ErrnoException, env: NodeJS.ProcessEnv): RchError {
  const [, place] = placeOf(cause.path, env) ?? []
  return new RchError('host_disk_full', place === undefined ? undefined : `There is no room in ${place}.`, {
    data: {path: cause.path ?? null},
    cause,
  })
}

/** `null` where it is no folder of ours. */
function unusablePlace(cause: NodeJS.ErrnoException, env: NodeJS.ProcessEnv): RchError | null {
  const found = placeOf(cause.path, env)
  if (found === undefined) return null
  const [variable, place] = found
  return new RchError('usage_error', `${place} cannot be used: ${cause.message}`, {
    data: {problem: cause.code ?? '', path: cause.path ?? ''},
    hint: `Correct what stands there and its permissions, or set ${variable} to a folder that you may write to.`,
    cause,
  })
}

/** The folder of ours that a path lies in, with the variable that says where it is. */
function placeOf(path: string | undefined, env: NodeJS.ProcessEnv): readonly [variable: string, place: string] | undefined {
  const {config, artifacts, cache, state} = placesOf(env, null)
  const places = [
    ['XDG_DATA_HOME', dirname(artifacts)],
    ['XDG_STATE_HOME', state],
    ['XDG_CACHE_HOME', cache],
    ['RCH_CONFIG_DIR', config],
  ] as const
  return places.find(([, place]) => path !== undefined && (path === place || path.startsWith(place + sep)))
}
