import {chmodSync, cpSync, existsSync, mkdirSync, readdirSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {RchError} from '@rch/contract'
import type {Lane} from '../lane.ts'
import type {GateResult} from '../run/run-gate.ts'

/** Where a command wants its result bundle, checked before anything runs: xcodebuild would fail on a path that exists, too. */
export function bundleTarget(lane: Lane, path: string | null): string | null {
  if (path === null) return null
  const target = resolve(lane.repository.root, path)
  if (existsSync(target))
    throw new RchError('usage_error', `-resultBundlePath ${path} exists already.`, {data: {path}, hint: 'Delete it, or name another path.'})
  return target
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
