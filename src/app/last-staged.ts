import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {readDocument} from '@rch/contract/documents'
import type {SourceEntry} from '@rch/contract/source'
import {readIfThere} from '../infra/files.ts'
import type {Lane} from './lane.ts'

/** The source that was staged last from this repository, to whichever worker; `null` when there is none to compare with. */
export function lastStaged(lane: Pick<Lane, 'repo'>): {readonly entries: readonly SourceEntry[]; readonly sourceTreeHash: string} | null {
  const directory = lane.repo.snapshotCache
  try {
    const manifests = readdirSync(directory)
      .filter((name) => name.startsWith('base-'))
      .map((name) => ({path: join(directory, name), at: statSync(join(directory, name)).mtimeMs}))
    const [newest] = manifests.toSorted((a, b) => b.at - a.at)
    const bytes = newest === undefined ? undefined : readIfThere(newest.path)
    if (bytes === undefined) return null
    const {entries, source_tree_hash} = readDocument('source_manifest', bytes, {maxBytes: MAX_MANIFEST_BYTES})
    return {entries, sourceTreeHash: source_tree_hash}
  } catch {
    // Nothing was staged from here yet, or what was kept is of another release.
    return null
  }
}

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024
