import type {SourceEntry} from '@rch/contract/source'

/** Every directory (no trailing slash) below which a snapshot holds something, at any depth. */
export function heldDirectories(entries: readonly SourceEntry[]): ReadonlySet<string> {
  const directories = new Set<string>()
  for (const {path} of entries)
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) directories.add(path.slice(0, end))
  return directories
}
