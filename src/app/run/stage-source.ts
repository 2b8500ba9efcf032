import {isRchError, type Connection, type EffectiveProfile} from '@rch/contract'
import type {Document, StageReceipt} from '@rch/contract/documents'
import type {Snapshot} from '../../snapshot/index.ts'
import {stageCas} from '../../staging/cas.ts'
import type {StageStatistics} from '../../staging/staged-source.ts'
import type {Lane} from '../lane.ts'
import {baseManifest} from './base-manifest.ts'
import {drasticChangeNote} from './drastic-change-note.ts'
import type {OnProgress} from './progress.ts'
import {holdLease, type HeldLease, type HoldLeaseOptions} from './hold-lease.ts'

/** Where a source goes. */
export interface StageTarget {
  readonly worker: string
  readonly connection: Connection
  readonly protocolVersion: number
  readonly capabilities: Pick<Document<'capabilities'>, 'limits' | 'features'>
}

export interface Staged {
  readonly receipt: StageReceipt
  readonly statistics: StageStatistics
}

/** How often one staging may lose its lease; whoever loses more is too slow for this worker. */
const MAX_LEASES = 5

/**
 * Brings the source to the chosen worker; only what it lacks travels. A lease that expires on the way (a slow line, a host that slept) is
 * replaced on the same worker, waited for as long as the profile allows; what has arrived by then stays there.
 */
export async function stage(
  lane: Lane,
  target: StageTarget,
  snapshot: Snapshot,
  uploadId: string,
  {held, ...holding}: StageLease,
): Promise<Staged> {
  for (let leases = 1; ; leases++) {
    try {
      return await stageOnce(lane, target, snapshot, uploadId, held.current, holding.onProgress, holding.signal)
    } catch (error) {
      if (!isRchError(error) || error.code !== 'lease_expired' || leases === MAX_LEASES) throw error
      held.current = await holdLease(held.current, {...target, ...holding})
    }
  }
}

/** The run's lease, and what it takes to get another. */
export interface StageLease extends Pick<HoldLeaseOptions, 'notebook' | 'profile' | 'onProgress' | 'signal'> {
  readonly held: {current: HeldLease}
}

async function stageOnce(
  lane: Lane,
  target: StageTarget,
  snapshot: Snapshot,
  uploadId: string,
  lease: HeldLease,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Staged> {
  const base = baseManifest(lane, target.worker)
  const {receipt, statistics} = await stageCas({
    connection: target.connection,
    protocolVersion: target.protocolVersion,
    payload: {lease_id: lease.lease_id, fence: lease.fence},
    uploadId,
    snapshot,
    ...(base.bytes === undefined ? {} : {baseManifest: base.bytes}),
    limits: target.capabilities.limits,
    features: target.capabilities.features,
    onProgress: (progress) => onProgress({type: 'staging', progress}),
    ...(signal === undefined ? {} : {signal}),
  })
  const note = drasticChangeNote(base.bytes, snapshot, statistics)
  if (note !== null) lane.notice(note)
  base.keep(snapshot.manifestBytes)
  const {query_seconds, upload_seconds} = statistics
  onProgress({
    type: 'staged',
    files_sent: statistics.files_sent,
    bytes_sent: statistics.bytes_sent,
    seconds: query_seconds + upload_seconds,
  })
  return {receipt: {...receipt, writer: 'harness'}, statistics}
}

/** `staging.json` without its header. */
export function stagingDocument(
  profile: EffectiveProfile,
  snapshot: Snapshot,
  uploadId: string,
  statistics: StageStatistics,
): Omit<Document<'staging'>, 'schema_id' | 'schema_version' | 'kind' | 'lane_version' | 'created_at' | 'run_id' | 'attempt' | 'host_id'> {
  return {
    stager: profile.source.stager,
    upload_id: uploadId,
    files_total: statistics.files_total,
    bytes_total: statistics.bytes_total,
    files_changed: statistics.files_sent,
    files_sent: statistics.files_sent,
    bytes_sent: statistics.bytes_missing,
    wire_bytes: statistics.bytes_sent,
    excludes: snapshot.excluded.map(({rule, files}) => ({pattern: rule.pattern, origin: `${rule.source}:${rule.line}`, files})),
    durations: {
      snapshot_seconds: snapshot.stats.durationMs / 1000,
      query_seconds: statistics.query_seconds,
      upload_seconds: statistics.upload_seconds,
    },
    retries: statistics.resumes,
    tool_versions: {node: process.versions.node},
  }
}
