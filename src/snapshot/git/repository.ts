import {readFileSync, realpathSync, statSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {unavailable} from './run-git.ts'

/** Where a work tree keeps its parts. All paths absolute. */
export interface Repository {
  /** Top of the work tree. */
  readonly top: string
  /** From `top` to the source's root, `/`-terminated; empty when they are the same. */
  readonly prefix: string
  readonly gitDir: string
  /** Shared by all worktrees: configuration, objects, `info/`. */
  readonly commonDir: string
}

/**
 * Finds the repository of `root` as git does: the first directory upwards with a `.git` directory or a `.git` file (worktrees,
 * submodules). `core.worktree` is honoured only as far as git's own default goes: the directory that holds `.git`.
 *
 * @throws RchError `vcs_unavailable` when there is none.
 */
export function findRepository(root: string): Repository {
  const start = realpathSync(root)
  for (let top = start; ; top = dirname(top)) {
    const gitDir = gitDirOf(top)
    if (gitDir !== undefined) {
      const prefix = relative(top, start)
      return {top, prefix: prefix === '' ? '' : `${prefix}/`, gitDir, commonDir: commonDirOf(gitDir)}
    }
    if (dirname(top) === top) throw unavailable(root, 'neither it nor a directory above it holds .git')
  }
}

/** Whether `directory` is the top of a work tree of its own. */
export function isWorkTree(directory: string): boolean {
  return gitDirOf(directory) !== undefined
}

function gitDirOf(top: string): string | undefined {
  const dotGit = join(top, '.git')
  const stat = statSync(dotGit, {throwIfNoEntry: false})
  if (stat?.isDirectory() === true) return isGitDir(dotGit) ? dotGit : undefined
  if (stat?.isFile() !== true) return undefined
  const target = /^gitdir: (.+?)\n*$/s.exec(readFileSync(dotGit, 'utf8'))?.[1]
  if (target === undefined) throw unavailable(top, `${dotGit} is not a "gitdir:" file`)
  const gitDir = resolve(top, target)
  if (!isGitDir(gitDir)) throw unavailable(top, `${dotGit} names ${gitDir}, which is no git directory`)
  return gitDir
}

function isGitDir(path: string): boolean {
  return statSync(join(path, 'HEAD'), {throwIfNoEntry: false})?.isFile() === true
}

function commonDirOf(gitDir: string): string {
  try {
    return resolve(gitDir, readFileSync(join(gitDir, 'commondir'), 'utf8').trimEnd())
  } catch {
    return gitDir
  }
}
