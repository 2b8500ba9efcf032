import {scanWorkTree} from './git/scan-work-tree.ts'
import {pathsKey} from './paths-key.ts'
import {splicedTree} from './git/prepared/spliced-tree.ts'
import type {ScanContext} from './scan-context.ts'
import type {Scan} from './scan.ts'
import {searchIgnored} from './search-ignored.ts'
import {TreeBuilder} from './tree-builder.ts'

/** One look at everything that git tracks below the root, as it lies in the work tree, and at what else belongs to it. */
export async function scanGit(context: ScanContext): Promise<Scan> {
  const builder = new TreeBuilder(context.startedMs)
  const work = await scanWorkTree(context, builder, '', context.root)
  const {known, opened, removed} = work
  const packed = opened.tracked.packed
  const treeNow = () => (packed === undefined ? builder.tree(known) : splicedTree(packed, removed, [...known, ...builder.entries]))
  await searchIgnored(context, builder, treeNow)
  return {
    tree: treeNow(),
    links: [...builder.links],
    places: builder.places,
    observations: builder.observations,
    absent: builder.absent,
    moving: builder.moving,
    latestChangeMs: builder.latestChangeMs,
    problems: builder.problems.found,
    vcs: {
      kind: 'git',
      commit: opened.status.commit,
      branch: opened.status.branch,
      dirty: work.differing.length > 0,
      differing: work.differing.length,
      submodules: work.submodules,
      lfs: {materialised: builder.materialised, pointers: builder.pointers},
    },
    differing: work.differing,
    excluded: builder.excluded,
    pathsKey: pathsKey(() => [context.selection.key, ...work.identity()], builder),
    hashed: builder.hashed,
    remember() {
      builder.save(context.cache)
      work.remember()
    },
  }
}
