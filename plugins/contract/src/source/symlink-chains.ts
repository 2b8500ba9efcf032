import type {SourceEntry} from './entry.ts'
import {collisionKey, linkStaysInside} from './paths.ts'

/** More than any kernel follows: beyond it a lookup fails and leads nowhere. */
const MAX_HOPS = 40

/**
 * Paths of the links that leave the tree, alone or through one another: `a/b/up → ../..` and `a/b/out → up/../../x` each look
 * harmless by their words. Names are compared as an APFS volume compares them.
 */
export function escapingLinks(entries: readonly SourceEntry[]): readonly string[] {
  const links = new Map<string, string>()
  for (const entry of entries) if (entry.type === 'symlink') links.set(collisionKey(entry.path), entry.link_target)
  const escaping: string[] = []
  for (const entry of entries) {
    if (entry.type !== 'symlink') continue
    if (!linkStaysInside(entry.path, entry.link_target) || escapes(entry.path, entry.link_target, links)) escaping.push(entry.path)
  }
  return escaping
}

/** Follows one link as the kernel would, with the manifest's links only. */
function escapes(path: string, target: string, links: ReadonlyMap<string, string>): boolean {
  const place = path.split('/').slice(0, -1)
  const rest = target.split('/').toReversed()
  let hops = 0
  while (rest.length > 0) {
    const component = rest.pop()!
    if (component === '' || component === '.') continue
    if (component === '..') {
      if (place.pop() === undefined) return true
      continue
    }
    const next = links.get(collisionKey([...place, component].join('/')))
    if (next === undefined) place.push(component)
    else if (++hops > MAX_HOPS) return false
    else rest.push(...next.split('/').toReversed())
  }
  return false
}
