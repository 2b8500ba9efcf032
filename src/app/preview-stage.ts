import {readDocument} from '@rch/contract/documents'
import {join} from 'node:path'
import {readdirSync} from 'node:fs'
import type {SourceEntry} from '@rch/contract/source'
import {containerOf} from '../domain/container-of.ts'
import type {EffectiveConfig} from '../domain/config/index.ts'
import {readIfThere} from '../infra/files.ts'
import {takeSnapshot} from '../snapshot/index.ts'
import type {Lane} from './lane.ts'
import {stageReport, type StageReport} from './stage-report.ts'

/** What would be staged now, and what changed since the last source that went to a worker. Sends nothing. */
export async function previewStage(lane: Lane, {profile}: EffectiveConfig): Promise<StageReport> {
  const options = {root: lane.repository.root, source: profile.source, container: containerOf(profile), cacheDir: lane.repo.snapshotCache}
  const snapshot = await takeSnapshot(options)
  return stageReport({snapshot, excluded: await snapshot.listExcluded(), previous: lastStaged(lane)})
}

/** The manifest that was staged last, to whichever worker. */
function lastStaged(lane: Lane): readonly SourceEntry[] | null {
  try {
    const bases = readdirSync(lane.repo.snapshotCache).filter((name) => name.startsWith('base-'))
    const manifests = bases.flatMap((name) => {
      const bytes = readIfThere(join(lane.repo.snapshotCache, name))
      return bytes === undefined ? [] : [readDocument('source_manifest', bytes, {maxBytes: 256 * 1024 * 1024})]
    })
    const [newest] = manifests.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))
    return newest?.entries ?? null
  } catch {
    // Nothing was staged from here yet, or what was kept is of another release.
    return null
  }
}
