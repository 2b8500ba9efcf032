import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync} from 'node:fs'
import {homedir} from 'node:os'
import {isAbsolute, join, resolve, sep} from 'node:path'
import {RchError} from '@rch/contract'
import {REPOSITORY_CONFIG} from '../domain/config/resolve.ts'
import {MAX_CONFIG_BYTES, type ConfigFile} from '../domain/config/toml-file.ts'
import {isErrno} from './errno.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The files that decide about a run, as they are on the disk; `null` = not there. */
export interface ConfigFiles {
  /** Absolute: where `config.toml` and `workers.toml` are looked for. */
  readonly directory: string
  readonly repository: ConfigFile | null
  readonly host: ConfigFile | null
  readonly workers: ConfigFile | null
  /** The text of GitHub's event file, for pull requests only; `null` also when it cannot be read. */
  readonly githubEvent: string | null
}

/** `--config-dir`, else `RCH_CONFIG_DIR`, else `$XDG_CONFIG_HOME/rch`, else `~/.config/rch`; absolute. */
export function configDirectory(env: Environment, flag: string | null): string {
  const named = flag ?? present(env['RCH_CONFIG_DIR'])
  if (named !== null) return resolve(named)
  const xdg = present(env['XDG_CONFIG_HOME'])
  // A relative XDG path is to be ignored, says the specification.
  return join(xdg !== null && isAbsolute(xdg) ? xdg : join(homedir(), '.config'), 'rch')
}

/**
 * Reads what is there. Throws `config_invalid` for what is no regular file, cannot be read, or leads out of the repository.
 *
 * @param repoRoot absolute path of the repository; `null` outside of one.
 */
export function readConfigFiles(repoRoot: string | null, env: Environment, configDir: string | null): ConfigFiles {
  const directory = configDirectory(env, configDir)
  return {
    directory,
    repository: repoRoot === null ? null : readRepositoryConfig(repoRoot),
    host: readConfig(join(directory, 'config.toml')),
    workers: readConfig(join(directory, 'workers.toml')),
    githubEvent: (env['GITHUB_EVENT_NAME'] ?? '').startsWith('pull_request') ? readEvent(present(env['GITHUB_EVENT_PATH'])) : null,
  }
}

/** One file under the name the user knows it by; `null` = not there. Reads no more than the loader takes. */
export function readConfig(path: string, shownAs: string = path): ConfigFile | null {
  try {
    const bytes = readRegularFile(path, MAX_CONFIG_BYTES + 1)
    if (bytes === 'irregular') throw unreadable(shownAs, 'is not a regular file')
    return {path: shownAs, bytes}
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    if (isErrno(error, 'EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'EIO')) throw unreadable(shownAs, `cannot be read (${error.code})`)
    throw error
  }
}

function readRepositoryConfig(repoRoot: string): ConfigFile | null {
  const path = join(repoRoot, REPOSITORY_CONFIG)
  try {
    // The repository is not trusted: its file may not be a way to read others of the host.
    const real = realpathSync(path)
    const root = realpathSync(repoRoot)
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      throw unreadable(REPOSITORY_CONFIG, 'is a link that leads out of the repository')
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) throw error
    if (isLink(path)) throw unreadable(REPOSITORY_CONFIG, 'is a link that leads nowhere')
  }
  return readConfig(path, REPOSITORY_CONFIG)
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    // What keeps it from being looked at keeps it from being read, and is told then.
    return false
  }
}

function readRegularFile(path: string, limit: number): Uint8Array | 'irregular' {
  // A named pipe would otherwise block until somebody writes to it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const {size, ...stats} = fstatSync(fd)
    if ((stats.mode & constants.S_IFMT) !== constants.S_IFREG) return 'irregular'
    const buffer = Buffer.alloc(Math.min(size, limit))
    let filled = 0
    while (filled < buffer.length) {
      const count = readSync(fd, buffer, filled, buffer.length - filled, null)
      if (count === 0) break
      filled += count
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(fd)
  }
}

const MAX_EVENT_BYTES = 25_000_000

function readEvent(path: string | null): string | null {
  if (path === null) return null
  try {
    const bytes = readRegularFile(path, MAX_EVENT_BYTES)
    return bytes === 'irregular' ? null : new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return null
  }
}

function present(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value
}

function unreadable(file: string, problem: string): RchError {
  return new RchError('config_invalid', `${file}: ${problem}`, {data: {file, problem, line: null, problems: []}})
}
