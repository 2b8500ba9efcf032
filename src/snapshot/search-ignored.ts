import {join} from 'node:path'
import {lstatIfThere} from '../infra/files.ts'
import {linkAbove} from './paths/link-above.ts'
import {lookAt} from './look.ts'
import type {ScanContext} from './scan-context.ts'
import {unsettledFrom, type TreeBuilder} from './tree-builder.ts'
import type {Tree} from './tree/tree.ts'
import {walk} from './walk.ts'

/**
 * Adds what git ignores or is not asked about, but belongs to the snapshot: files that `source.include` names, and those that
 * always belong to it.
 * @param treeNow what is in the snapshot already.
 */
export async function searchIgnored(context: ScanContext, builder: TreeBuilder, treeNow: () => Tree): Promise<void> {
  const {root, selection} = context
  const found = new Set<string>()
  const isElsewhere = linkAbove(root)
  for (const path of context.always) if (!isElsewhere(path) && lstatIfThere(join(root, path)) !== undefined) found.add(path)
  for (const base of searchBases(context)) {
    if (isElsewhere(base)) continue
    const {paths, unreadable, undecodable} = walk(root, base, (directory) => selection.prunes(directory))
    for (const path of paths) if (selection.verdict(path, 'ignored').included) found.add(path)
    for (const path of undecodable) builder.problems.add('unsafe_path', path, 'not UTF-8')
    for (const {path, detail} of unreadable) builder.problems.add('unreadable_file', path, detail)
  }
  if (found.size === 0) return
  for (const {path} of treeNow().entries) found.delete(path)
  const requests = [...found].map((path) => ({path}))
  const looks = await lookAt(requests, {...context, oid: null, recentFromMs: unsettledFrom(context.startedMs), unsure: true})
  for (const [i, {path}] of requests.entries()) {
    const look = looks.get(i)
    builder.add(path, look, (executable) => (executable ? '100755' : '100644'))
    builder.remember(path, look)
  }
}

/** Directories to walk, none inside another. */
function searchBases({selection}: ScanContext): string[] {
  const bases = selection.searches
  return bases.filter((base, i) => !bases.some((other, k) => k !== i && base.startsWith(other) && (other !== base || k < i)))
}
