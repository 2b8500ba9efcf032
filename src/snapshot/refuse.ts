import {RchError} from '@rch/contract'
import {comparePaths, escapingLinks, type SourceSymlink} from '@rch/contract/source'
import {join} from 'node:path'
import {printable} from '../domain/printable.ts'
import {lstatIfThere} from '../infra/files.ts'
import type {PathAudit} from './paths/audit-paths.ts'
import {heldDirectories} from './tree/held-directories.ts'
import {patternsFor} from './rules/patterns-for.ts'
import type {ScanContext} from './scan-context.ts'
import {ProblemList, type Offence, type ProblemCode, type Scan} from './scan.ts'
import type {Tree} from './tree/tree.ts'

/**
 * Everything that keeps a scanned tree from becoming a snapshot: one error for each rule, in `ORDER`, with every path that
 * breaks it.
 */
export function findRefusals(context: RefusalContext, scan: RefusableScan, pathsAreKnown: boolean): readonly RchError[] {
  const problems = new ProblemList()
  for (const [code, offences] of scan.problems) for (const {path, detail} of offences) problems.add(code, path, detail)
  if (!pathsAreKnown) addPathProblems(problems, context.audits.of(scan.tree.entries))
  addLinkProblems(problems, context, scan.links)
  if (context.source.hardlinks === 'forbid') addHardLinks(problems, context, scan)
  const errors = ORDER.filter((code) => problems.found.has(code)).map((code) =>
    problemError(code, problems.found.get(code) ?? [], context, scan),
  )
  errors.push(...dirtyErrors(context, scan), ...sizeErrors(context, scan.tree))
  return errors.length === 0 && isEmpty(context, scan.tree)
    ? [new RchError('source_empty', undefined, {data: {root: context.root}})]
    : errors
}

export type RefusalContext = Pick<ScanContext, 'root' | 'source' | 'always' | 'audits'>
export type RefusableScan = Pick<Scan, 'tree' | 'links' | 'places' | 'problems' | 'vcs' | 'differing'>

/** What a run is configured by is always there; with nothing beside it there is nothing to build. */
function isEmpty({always}: RefusalContext, tree: Tree): boolean {
  // The entries of a tree that is as it was are made when asked for, which a large one must not be for this.
  return tree.count <= always.size && tree.entries.every(({path}) => always.has(path))
}

function problemError(code: ProblemCode, offences: readonly Offence[], {source}: RefusalContext, {tree}: RefusableScan): RchError {
  if (code !== 'sparse_checkout_incomplete') return offencesError(code, offences)
  const directories = heldDirectories(tree.entries)
  const excludes = patternsFor(
    offences.map(({path}) => path),
    (directory) => directories.has(directory),
  )
  if (excludes.length > MAX_NAMED) return offencesError(code, offences)
  const line = `excludes = ${JSON.stringify([...new Set([...source.excludes, ...excludes])])}`
  const hint = `git sparse-checkout disable; or, where the build does not need them, write into [profiles.<name>.source]: ${line}`
  return offencesError(code, offences, {excludes, line}, hint)
}

/** One error that brings along all the others, so that nobody corrects one rule only to meet the next unannounced. */
export function throwRefusals([first, ...others]: readonly RchError[]): void {
  if (first === undefined) return
  if (others.length === 0) throw first
  throw new RchError(first.code, first.message, {data: first.data, hint: first.hint, others})
}

/** An error that names its paths: at most `MAX_NAMED` of them in words, more and all counted in the data. */
export function offencesError(
  code: ProblemCode | 'source_changed_during_snapshot' | 'ignored_input_referenced' | 'dirty_working_tree',
  offences: readonly Offence[],
  data: Readonly<Record<string, unknown>> = {},
  hint?: string,
): RchError {
  const sorted = offences.toSorted((a, b) => comparePaths(a.path, b.path))
  const shown = sorted.slice(0, MAX_NAMED).map(({path, detail}) => (detail === null ? printable(path) : `${printable(path)} (${detail})`))
  const more = offences.length > MAX_NAMED ? ` and ${offences.length - MAX_NAMED} more` : ''
  return new RchError(code, undefined, {
    data: {
      ...data,
      paths: shown.join(', ') + more,
      count: offences.length,
      offences: sorted.slice(0, MAX_LISTED),
    },
    ...(hint === undefined ? {} : {hint}),
  })
}

const MAX_NAMED = 20
const MAX_LISTED = 1000

/** What has to be put right first comes first. */
const ORDER: readonly ProblemCode[] = [
  'merge_conflicts',
  'submodules_disallowed',
  'submodule_missing',
  'submodule_commit_differs',
  'sparse_checkout_incomplete',
  'lfs_pointer_unresolved',
  'unreadable_file',
  'special_file',
  'unsafe_path',
  'path_collision',
  'symlinks_disallowed',
  'unsafe_symlink_target',
  'hardlinks_disallowed',
]

function addPathProblems(problems: ProblemList, {unsafe, collisions}: PathAudit): void {
  for (const {path, problem} of unsafe) problems.add('unsafe_path', path, problem)
  for (const group of collisions) problems.add('path_collision', group[0] ?? '', `and ${group.slice(1).join(', ')}`)
}

function addLinkProblems(problems: ProblemList, {source}: RefusalContext, links: readonly SourceSymlink[]): void {
  if (source.symlinks === 'forbid') for (const {path} of links) problems.add('symlinks_disallowed', path)
  const targets = new Map(links.map(({path, link_target: target}) => [path, target]))
  for (const path of escapingLinks(links)) problems.add('unsafe_symlink_target', path, `to ${printable(targets.get(path) ?? '')}`)
}

function addHardLinks(problems: ProblemList, {root}: RefusalContext, {tree, places}: RefusableScan): void {
  for (const {path, type} of tree.entries) {
    if (type !== 'file' || places.has(path)) continue
    const stat = lstatIfThere(join(root, path))
    if (stat !== undefined && stat.nlink > 1) problems.add('hardlinks_disallowed', path, `${stat.nlink} names`)
  }
}

function dirtyErrors({source}: RefusalContext, {vcs, differing}: RefusableScan): readonly RchError[] {
  if (!source.require_clean || !vcs.dirty) return []
  return [
    offencesError(
      'dirty_working_tree',
      differing.map((path) => ({path, detail: null})),
    ),
  ]
}

function sizeErrors({source}: RefusalContext, tree: Tree): readonly RchError[] {
  if (tree.largestFile <= source.max_file_bytes && tree.bytes <= source.max_bytes) return []
  const files = tree.entries.flatMap((entry) => (entry.type === 'file' ? [{path: entry.path, bytes: entry.bytes}] : []))
  const over = files.filter(({bytes}) => bytes > source.max_file_bytes)
  const total = files.reduce((sum, {bytes}) => sum + bytes, 0)
  return [
    ...(over.length > 0 ? [quotaError('source.max_file_bytes', source.max_file_bytes, over)] : []),
    ...(total > source.max_bytes ? [quotaError('source.max_bytes', source.max_bytes, files, total)] : []),
  ]
}

function quotaError(
  limitName: string,
  limit: number,
  files: readonly {readonly path: string; readonly bytes: number}[],
  total?: number,
): RchError {
  const largest = files.toSorted((a, b) => b.bytes - a.bytes).slice(0, MAX_NAMED)
  const got = total ?? largest[0]?.bytes ?? 0
  const names = largest.map(({path, bytes}) => `${printable(path)} (${bytes} bytes)`).join(', ')
  const subject = total === undefined ? `${files.length} files exceed ${limitName}` : `The source takes ${total} bytes, ${limitName} allows`
  return new RchError('source_quota_exceeded', `${subject} = ${limit}; the largest: ${names}`, {
    data: {limit_name: limitName, limit, got, largest, count: files.length},
  })
}
