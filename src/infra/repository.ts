import {realpathSync} from 'node:fs'
import {normaliseOrigin, repoKey} from '@rch/contract/identity'
import {gitTop, repositoryTop} from './repository-top.ts'
import {runTool} from './run-tool.ts'

/** The repository a command is about. */
export interface Repository {
  /** Absolute, real path of its top. */
  readonly root: string
  /** Normalised remote; `null` without one. */
  readonly origin: string | null
  readonly key: string
}

/**
 * The repository around a folder: the nearest one upwards that has `.rch/xcode.toml`, else git's top level, else the folder
 * itself. git is asked with a clean environment and told to run nothing.
 */
export async function findRepository(cwd: string): Promise<Repository> {
  const here = realpathSync(cwd)
  const root = repositoryTop(here)
  const origin = await originOf(root)
  return {root, origin, key: repoKey({origin, root})}
}

/** Remote `origin`, else the only one there is. */
export async function originOf(root: string): Promise<string | null> {
  if (gitTop(root) === null) return null
  try {
    const {code, stdout} = await runTool(
      'git',
      ['-c', 'core.fsmonitor=false', 'config', '--null', '--get-regexp', String.raw`^remote\..*\.url$`],
      {
        cwd: root,
        env: {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C'},
        timeoutMs: 10_000,
      },
    )
    if (code !== 0) return null
    const urls = new Map<string, string>()
    for (const entry of stdout.split('\0')) {
      const [key = '', url = ''] = entry.split('\n')
      if (url !== '') urls.set(key.slice('remote.'.length, -'.url'.length), url)
    }
    const chosen = urls.get('origin') ?? (urls.size === 1 ? [...urls.values()][0] : undefined)
    return chosen === undefined ? null : normaliseOrigin(chosen)
  } catch {
    // Without git a repository has no remote that could be known.
    return null
  }
}
