import {spawnSync} from 'node:child_process'

const MAX_BYTES = 256 * 1024 * 1024
const TIMEOUT_MS = 20_000

/** The files below a folder as git lists them, tracked and new ones, relative to it; none where there is no git. */
export function sourcePaths(folder: string): readonly string[] {
  const {status, stdout} = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: MAX_BYTES,
    timeout: TIMEOUT_MS,
    env: {...process.env, GIT_OPTIONAL_LOCKS: '0'},
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? [...new Set(stdout.split('\0').filter((path) => path !== ''))] : []
}
