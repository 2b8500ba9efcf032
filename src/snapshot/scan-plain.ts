import {comparePaths} from '@rch/contract/source'
import {beginLooking} from './look.ts'
import type {ScanContext} from './scan-context.ts'
import type {Scan} from './scan.ts'
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
    .toSorted(comparePaths)
    .map((path) => ({path}))
  const looks = beginLooking(requests, {...context, oid: null, recentFromMs: unsettledFrom(context.startedMs), unsure: true})
  const grow = builder.growTree()
  let next = 0
  for await (const answered of looks.answered()) {
    for (const {path} of requests.slice(next, answered)) {
      const look = looks.get(next++)
      builder.add(path, look, (executable) => (executable ? '100755' : '100644'))
      builder.remember(path, look)
    }
    grow()
  }
  return {
    tree: builder.tree([]),
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
