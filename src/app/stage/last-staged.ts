import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {readDocument} from '@rch/contract/documents'
import type {SourceEntry} from '@rch/contract/source'
import {readIfThere} from '../../infra/files.ts'
import type {Lane} from '../lane.ts'

export interface LastStaged {
  readonly entries: readonly SourceEntry[]
  readonly sourceTreeHash: string
  readonly worker: string
  readonly at: Date
}

/** The source that was staged last from this repository, to whichever worker; `null` when there is none to compare with. */
export function lastStaged(lane: Pick<Lane, 'repo'>): LastStaged | null {
  const directory = lane.repo.snapshotCache
  try {
    const manifests = readdirSync(directory).flatMap((name) => {
      const worker = /^base-(.+)\.json$/.exec(name)?.[1]
      return worker === undefined ? [] : [{worker, path: join(directory, name), at: statSync(join(directory, name)).mtime}]
    })
    const [newest] = manifests.toSorted((a, b) => b.at.getTime() - a.at.getTime())
    const bytes = newest === undefined ? undefined : readIfThere(newest.path)
    if (newest === undefined || bytes === undefined) return null
    const {entries, source_tree_hash} = readDocument('source_manifest', bytes, {maxBytes: MAX_MANIFEST_BYTES})
    return {entries, sourceTreeHash: source_tree_hash, worker: newest.worker, at: newest.at}
  } catch {
    // Nothing was staged from here yet, or what was kept is of another release.
    return null
  }
}

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024
