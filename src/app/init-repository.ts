import {mkdirSync, writeFileSync, lstatSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {RchError} from '@rch/contract'
import {findContainers} from '@rch/xcodeproj'
import {loadConfig, REPOSITORY_CONFIG} from '../domain/config/index.ts'
import type {Finding, RepositoryFacts} from '../domain/init/facts.ts'
import type {ProfileProposal} from '../domain/init/proposal.ts'
import {proposeProfile, type FitCommand} from '../domain/init/propose-profile.ts'
import {renderProfile, renderWorkersBlock} from '../domain/init/render-profile.ts'
import {readCiFiles} from '../infra/ci-files.ts'
import {isErrno} from '../infra/errno.ts'
import {repositoryTree} from '../infra/repository-tree.ts'

export interface InitRequest {
  /** Absolute path of the repository. */
  readonly root: string
  readonly demo: boolean
  /** Name of the profile; letters, digits, `.`, `_`, `-`. */
  readonly profile: string
  /** The classifier's `fit`, for the command lines of CI files. */
  readonly classifierFit: FitCommand
}

export interface InitResult {
  /** Absolute. */
  readonly path: string
  /** False when there was a file already, which is left as it is. */
  readonly written: boolean
  readonly toml: string
  /** For the host's `workers.toml`. */
  readonly workersBlock: string
  readonly findings: readonly Finding[]
  readonly proposal: ProfileProposal
}

/**
 * Looks at a repository and writes a commented `.rch/xcode.toml` that the loader accepts; never overwrites one. Throws
 * `nothing_to_build`, `project_unreadable`, `usage_error`.
 */
export async function initRepository({root, demo, profile, classifierFit}: InitRequest): Promise<InitResult> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(profile)) {
    throw new RchError('usage_error', `"${profile}" is no name for a profile: letters, digits, "_" and "-"`)
  }
  const proposal = proposeProfile(await lookAt(root), classifierFit)
  const toml = renderProfile(proposal, {profile, demo})
  assertLoads(toml)
  const path = join(root, REPOSITORY_CONFIG)
  const written = writeNew(path, toml)
  const kept: readonly Finding[] = written
    ? []
    : [{level: 'warning', message: `${REPOSITORY_CONFIG} is there already and was left as it is.`}]
  return {path, written, toml, workersBlock: renderWorkersBlock(), findings: [...kept, ...proposal.findings], proposal}
}

/** What is there, read and not run. */
async function lookAt(root: string): Promise<RepositoryFacts> {
  const tree = repositoryTree(root)
  const pods = await tree.readDir('Pods')
  return {
    name: basename(root),
    containers: await findContainers(tree),
    ciFiles: await readCiFiles(tree),
    podsInstalled: pods.some(({name}) => name === 'Pods.xcodeproj'),
  }
}

/** What is written must load; anything else is a bug of ours, and nothing is written then. */
function assertLoads(toml: string): void {
  loadConfig({
    repository: {path: REPOSITORY_CONFIG, bytes: new TextEncoder().encode(toml)},
    host: null,
    flags: {},
    profile: null,
    env: {},
    githubEvent: null,
    origin: null,
  })
}

function writeNew(path: string, toml: string): boolean {
  const directory = dirname(path)
  try {
    mkdirSync(directory, {recursive: true})
    if (lstatSync(directory).isSymbolicLink()) throw unwritable(directory, 'is a link; nothing is written through it')
    writeFileSync(path, toml, {flag: 'wx'})
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST', 'ENOTDIR') && !isDirectory(directory)) throw unwritable(directory, 'is no directory', error)
    if (isErrno(error, 'EEXIST')) return false
    if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw unwritable(path, `cannot be written (${error.code})`, error)
    throw error
  }
}

function isDirectory(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}

function unwritable(path: string, problem: string, cause?: unknown): RchError {
  return new RchError('usage_error', `${path} ${problem}`, {
    data: {path, problem},
    hint: 'Make room for a directory .rch in the repository, then run `rch xcode init` again.',
    cause,
  })
}
