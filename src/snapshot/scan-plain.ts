import {lookAt} from './look.ts'
import {mergeSorted} from './merge-sorted.ts'
import type {ScanContext} from './scan-context.ts'
import type {Scan} from './scan.ts'
import {listedTree} from './tree.ts'
import {TreeBuilder, unsettledFrom} from './tree-builder.ts'
import {walk} from './walk.ts'

/** One look at every file below the root, without git. */
export async function scanPlain(context: ScanContext): Promise<Scan> {
  const builder = new TreeBuilder(context.startedMs)
  const {paths, unreadable, undecodable, latestChangeMs} = walk(
    context.root,
    '',
    (directory) => context.selection.prunes(directory) && !holdsAlways(context, directory),
  )
  for (const path of undecodable) builder.problems.add('unsafe_path', path, 'not UTF-8')
  for (const {path, detail} of unreadable) builder.problems.add('unreadable_file', path, detail)
  const requests = paths
    .filter((path) => builder.admits(context.selection.verdict(path, 'untracked')))
    .map((path) => ({path, unsure: true}))
  const looks = await lookAt(requests, {...context, oid: null, recentFromMs: unsettledFrom(context.startedMs)})
  for (const [i, {path}] of requests.entries()) {
    const look = looks.get(i)
    builder.add(path, look, (executable) => (executable ? '100755' : '100644'))
    builder.remember(path, look)
  }
  return {
    tree: listedTree(mergeSorted([], builder.entries)),
    links: builder.links,
    places: builder.places,
    observations: builder.observations,
    absent: [],
    moving: builder.moving,
    latestChangeMs: Math.max(builder.latestChangeMs, latestChangeMs),
    problems: builder.problems.found,
    vcs: {kind: 'none', commit: null, branch: null, dirty: false, differing: 0, submodules: [], lfs: {materialised: 0, pointers: 0}},
    differing: [],
    excluded: builder.excluded,
    pathsKey: null,
    hashed: builder.hashed,
    remember: () => builder.save(context.cache),
  }
}

function holdsAlways({always}: ScanContext, directory: string): boolean {
  for (const path of always) if (path.startsWith(`${directory}/`)) return true
  return false
}
