import {containerOf} from '../../domain/container-of.ts'
import type {EffectiveConfig} from '../../domain/config/index.ts'
import {takeSnapshot} from '../../snapshot/index.ts'
import type {Lane} from '../lane.ts'
import {lastStaged} from './last-staged.ts'
import {stageReport, type StageReport} from './stage-report.ts'

/** What would be staged now, and what changed since the last source that went to a worker. Sends nothing. */
export async function previewStage(lane: Lane, {profile}: EffectiveConfig, onRead: (files: number) => void): Promise<StageReport> {
  const snapshot = await takeSnapshot({
    root: lane.repository.root,
    source: profile.source,
    container: containerOf(profile),
    cacheDir: lane.repo.snapshotCache,
    onProgress: ({hashed}) => onRead(hashed),
  })
  return stageReport({snapshot, excluded: await snapshot.listExcluded(), previous: lastStaged(lane)})
}
