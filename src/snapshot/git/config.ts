import {runGit} from './run-git.ts'

/** The part of git's configuration that a snapshot depends on. */
export interface GitConfig {
  /** Bytes of an object id: 20 for SHA-1, 32 for SHA-256. */
  readonly oidBytes: 20 | 32
  readonly fileMode: boolean
  /** `core.trustctime=false` or `core.checkStat=minimal`: git's idea of "unchanged" is weaker than ours. */
  readonly weakStat: boolean
  /** `core.autocrlf` is on in either way. */
  readonly convertsText: boolean
  /** `core.attributesFile`, or its default place. */
  readonly attributesFile: string | null
  readonly lfsStorage: string | null
  /** `core.worktree` moves the work tree away from the `.git` directory. */
  readonly worktree: string | null
  /** Names of filter drivers that the repository's own configuration defines and that are not git-lfs's. */
  readonly foreignFilters: readonly string[]
}

/** Reads the configuration that holds in `top` with one git process. */
export async function readGitConfig(top: string, signal?: AbortSignal): Promise<GitConfig> {
  return parseGitConfig(await runGit(top, ['config', '--list', '--show-scope', '-z'], {signal}))
}

/** @param listing what `git config --list --show-scope -z` prints: `scope NUL key LF value NUL …`. */
export function parseGitConfig(listing: Buffer): GitConfig {
  const values = new Map<string, string>()
  const foreignFilters = new Set<string>()
  const fields = listing.toString('utf8').split('\0')
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const scope = fields[i] ?? ''
    const field = fields[i + 1] ?? ''
    const cut = field.indexOf('\n')
    const key = cut === -1 ? field : field.slice(0, cut)
    const value = cut === -1 ? 'true' : field.slice(cut + 1)
    values.set(key, value)
    const filter = /^filter\.(.*)\.(?:clean|smudge|process)$/s.exec(key)?.[1]
    if (filter !== undefined && REPOSITORY_SCOPES.has(scope) && !LFS_COMMAND.test(value)) foreignFilters.add(filter)
  }
  return {
    oidBytes: values.get('extensions.objectformat') === 'sha256' ? 32 : 20,
    fileMode: isTrue(values.get('core.filemode') ?? 'true'),
    weakStat: !isTrue(values.get('core.trustctime') ?? 'true') || values.get('core.checkstat')?.toLowerCase() === 'minimal',
    convertsText: values.get('core.autocrlf')?.toLowerCase() === 'input' || isTrue(values.get('core.autocrlf') ?? 'false'),
    attributesFile: values.get('core.attributesfile') ?? null,
    lfsStorage: values.get('lfs.storage') ?? null,
    worktree: values.get('core.worktree') ?? null,
    foreignFilters: [...foreignFilters],
  }
}

const REPOSITORY_SCOPES = new Set(['local', 'worktree'])
/** What `git lfs install --local` writes; the user's own git-lfs. */
const LFS_COMMAND = /^git-lfs (?:filter-process|(?:clean|smudge) (?:--skip )?-- %f)(?: --skip)?$/

function isTrue(value: string): boolean {
  return !['false', 'no', 'off', '0', ''].includes(value.toLowerCase())
}
