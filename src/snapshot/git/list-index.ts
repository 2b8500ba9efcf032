import {isUtf8} from 'node:buffer'
import {INDEX_FLAGS, type GitIndex} from './git-index.ts'
import {runGit} from './run-git.ts'

/** The index as git itself tells it: slower than reading the file, and without sizes, so that every entry is looked at. */
export async function listGitIndex(top: string, oidBytes: 20 | 32, signal?: AbortSignal): Promise<GitIndex> {
  return parseIndexListing(await runGit(top, ['ls-files', '-z', '--stage', '-v'], {signal}), oidBytes)
}

/** @param listing what `git ls-files -z --stage -v` prints: `tag mode oid stage TAB path NUL …`. */
export function parseIndexListing(listing: Buffer, oidBytes: 20 | 32): GitIndex {
  const paths: string[] = []
  const undecodable: number[] = []
  const modes: number[] = []
  const flags: number[] = []
  const oids: string[] = []
  for (let start = 0; start < listing.length;) {
    const end = listing.indexOf(0, start)
    if (end === -1) break
    const tab = listing.indexOf(9, start)
    const [tag = '', mode = '', oid = '', stage = ''] = listing.toString('latin1', start, tab).split(' ')
    const name = listing.subarray(tab + 1, end)
    if (!isUtf8(name)) undecodable.push(paths.length)
    paths.push(isUtf8(name) ? name.toString('utf8') : name.toString('latin1'))
    modes.push(Number.parseInt(mode, 8))
    oids.push(oid)
    // A lower-case tag is an entry that git assumes unchanged; S is one that sparse checkout skips.
    const upper = tag.toUpperCase()
    flags.push(
      (tag === upper ? 0 : INDEX_FLAGS.assumeValid) |
        (upper === 'S' ? INDEX_FLAGS.skipWorktree : 0) |
        (stage === '0' ? 0 : INDEX_FLAGS.conflicted),
    )
    start = end + 1
  }
  return {
    count: paths.length,
    paths,
    undecodable,
    modes: Uint32Array.from(modes),
    sizes: new Uint32Array(paths.length),
    flags: Uint8Array.from(flags),
    oidOffsets: Uint32Array.from(paths, (_, i) => i * oidBytes),
    bytes: Buffer.from(oids.join(''), 'hex'),
    oidBytes,
    hasStats: false,
  }
}
