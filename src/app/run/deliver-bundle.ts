import {chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync} from 'node:fs'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {RchError} from '@rch/contract'
import {isErrno} from '../../infra/errno.ts'
import type {Repository} from '../../infra/repository.ts'
import type {GateResult} from './gate-result.ts'

/**
 * Where a command wants its result bundle, checked before anything runs: xcodebuild would fail on a path that exists, too, and what
 * is delivered stays in the repository wherever its links lead. Throws `usage_error`, `path_outside_repository`.
 */
export function bundleTarget({repository: {root}}: {readonly repository: Pick<Repository, 'root'>}, path: string | null): string | null {
  if (path === null) return null
  const target = resolve(root, path)
  if (kindOf(target) !== null)
    throw new RchError('usage_error', `-resultBundlePath ${path} exists already.`, {data: {path}, hint: 'Delete it, or name another path.'})
  let folder = dirname(target)
  while (kindOf(folder) === null && folder !== dirname(folder)) folder = dirname(folder)
  if (kindOf(folder) === 'other')
    throw new RchError('usage_error', `-resultBundlePath ${path} cannot be made: ${folder} is no directory.`, {
      data: {path},
      hint: 'Name another path.',
    })
  const [first] = relative(realpathSync(root), realpathSync(folder)).split(sep)
  if (first === '..' || first?.toLowerCase() === '.git') throw new RchError('path_outside_repository', undefined, {data: {token: path}})
  return target
}

/** `null` = nothing there. A link counts as what it leads to; one that leads nowhere is neither free nor a directory. */
function kindOf(path: string): 'directory' | 'other' | null {
  try {
    lstatSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true ? 'directory' : 'other'
}

/** Copies the result bundle of the last step that has one to where the command asked for it. */
export function deliverBundle(result: GateResult, target: string | null): boolean {
  if (target === null) return false
  const bundle = result.steps
    .flatMap(({jobDirectory}) => (jobDirectory === null ? [] : [join(jobDirectory, 'result.xcresult')]))
    .findLast((path) => existsSync(path))
  if (bundle === undefined) return false
  mkdirSync(dirname(target), {recursive: true})
  cpSync(bundle, target, {recursive: true, verbatimSymlinks: true})
  makeWritable(target)
  return true
}

/** The sealed copy is read-only; this one is the caller's. */
function makeWritable(directory: string): void {
  for (const entry of readdirSync(directory, {withFileTypes: true})) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) makeWritable(path)
    else if (entry.isFile()) chmodSync(path, 0o644)
  }
}
