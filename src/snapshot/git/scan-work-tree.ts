import {join} from 'node:path'
import type {SourceEntry} from '@rch/contract/source'
import {linkAbove} from '../paths/link-above.ts'
import {mergeSorted} from '../tree/merge-sorted.ts'
import type {ScanContext} from '../scan-context.ts'
import type {SubmoduleState} from '../scan.ts'
import type {TreeBuilder} from '../tree-builder.ts'
import {resolveLfs} from './lfs.ts'
import {lookAtWorkTree, type NestedWorkTree} from './look-at-work-tree.ts'
import {openWorkTree, type OpenWorkTree} from './open-work-tree.ts'
import {findRepository, isWorkTree} from './repository.ts'

/** What one work tree (and those nested in it) holds; what had to be looked at went into the builder. */
export interface ScannedWorkTree {
  readonly opened: OpenWorkTree
  /** Entries known without a look, sorted, and without those that `opened.tracked.packed` stands for. */
  readonly known: readonly SourceEntry[]
  /** Paths of `packed` that are not as they were. */
  readonly removed: readonly string[]
  /** What `known` follows from. */
  identity(): readonly string[]
  /** Paths of the source that differ from the commit, here and in nested work trees. */
  readonly differing: readonly string[]
  readonly submodules: readonly SubmoduleState[]
  remember(): void
}

/** @param at where this work tree lies in the source: `''`, or `/`-terminated for a nested one. */
export async function scanWorkTree(context: ScanContext, builder: TreeBuilder, at: string, directory: string): Promise<ScannedWorkTree> {
  const repository = findRepository(directory)
  const opened = await openWorkTree({context, builder, repository, at})
  const looked = await lookAtWorkTree({context, builder, repository, at, opened})
  await resolveLfs({
    context,
    builder,
    repository,
    config: opened.config,
    pointers: looked.pointers,
    toTop: (path) => repository.prefix + path.slice(at.length),
  })
  const inner = await scanNested(context, builder, looked.nested)
  const {sorted} = opened.tracked
  const known = looked.removed.size === 0 ? sorted.known : sorted.known.filter(({path}) => !looked.removed.has(path))
  return {
    opened,
    known: inner.reduce<readonly SourceEntry[]>((all, {known}) => mergeSorted(all, known), known),
    removed: [...looked.removed],
    identity: () => [
      JSON.stringify([repository.prefix, at, opened.tracked.indexDigest(), ...looked.removed]),
      ...inner.flatMap((tree) => tree.identity()),
    ],
    differing: [
      ...opened.status.differing.map((path) => at + path.slice(repository.prefix.length)),
      ...inner.flatMap(({differing}) => differing),
    ],
    submodules: inner.flatMap(({path, opened, submodules}) => [{path, commit: opened.status.commit}, ...submodules]),
    remember() {
      looked.learn()
      const isSettledNow = looked.learned === 0 && inner.length === 0
      if (sorted.recent + looked.learned > 0) context.memo.check(at, Math.floor(context.startedMs / 1000) - 1)
      if (isSettledNow && !opened.changesAttributes) opened.tracked.keep()
      for (const tree of inner) tree.remember()
    },
  }
}

/** Submodules, and repositories that lie in the work tree without being recorded. */
async function scanNested(
  context: ScanContext,
  builder: TreeBuilder,
  nested: readonly NestedWorkTree[],
): Promise<(ScannedWorkTree & {readonly path: string})[]> {
  const trees: (ScannedWorkTree & {readonly path: string})[] = []
  const isElsewhere = linkAbove(context.root)
  for (const {path, oid} of nested) {
    const directory = join(context.root, path)
    if (context.source.submodules === 'forbid') builder.problems.add('submodules_disallowed', path)
    else if (isElsewhere(`${path}/`)) builder.problems.add('submodule_missing', path, 'a symbolic link is in its place')
    else if (!isWorkTree(directory)) builder.problems.add('submodule_missing', path)
    else {
      const tree = await scanWorkTree(context, builder, `${path}/`, directory)
      const {commit} = tree.opened.status
      if (oid !== null && commit !== oid) {
        builder.problems.add('submodule_commit_differs', path, `recorded ${oid}, checked out ${commit ?? 'nothing'}`)
      }
      trees.push({...tree, path})
    }
  }
  return trees
}
