import {join} from 'node:path'
import {RchError, toRchError, type Connection, type EffectiveProfile, type ErrorCode, type WorkerEntry} from '@rch/contract'
import {checkResponsePayload, type Capabilities, type Document} from '@rch/contract/documents'
import {judgeWorker, type Judgement, type WorkerFit, type WorkerNeeds} from '../../domain/selection/judge-worker.ts'
import {readCached, removeCached, writeCached} from '../../infra/state-file.ts'
import {connect, workerNamed, type Lane} from '../lane.ts'
import type {OnProgress} from './progress.ts'

export interface Candidate {
  readonly worker: WorkerEntry
  readonly capabilities: Capabilities
  readonly fit: WorkerFit
  /** Open already when the worker was probed just now. */
  readonly connection: Connection | null
  readonly notes: readonly string[]
}

export interface Selection {
  /** Those that can take the job, best first. */
  readonly candidates: readonly Candidate[]
  /** `worker_selection.json` without header and choice. */
  readonly record: Omit<
    Document<'worker_selection'>,
    'schema_id' | 'schema_version' | 'kind' | 'lane_version' | 'created_at' | 'run_id' | 'attempt' | 'host_id' | 'chosen'
  >
}

type CandidateRecord = Document<'worker_selection'>['candidates'][number]

/**
 * Workers that can take a job, in order. Each is asked what it is (remembered for the profile's time to live), all at once, each
 * within its patience. Throws `no_eligible_worker` with every worker's reasons, or the one reason all of them share.
 */
export async function selectWorkers(
  lane: Lane,
  needs: WorkerNeeds,
  wanted: string | null,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Selection> {
  const {profile} = needs
  if (lane.workers.length === 0 && wanted === null) {
    throw new RchError('no_eligible_worker', 'No worker is known: there is no workers.toml, or it is empty.', {
      hint: 'Run `rch xcode workers add NAME --host HOST --user USER --run-key KEY`, or try the lane on this machine with `--worker embedded`.',
    })
  }
  const pool =
    wanted === null
      ? lane.workers.filter((worker) => profile.worker.require_tags.every((tag) => worker.tags.includes(tag)))
      : [workerNamed(lane, wanted)]
  onProgress({type: 'selecting', workers: pool.map(({name}) => name)})
  const looked = await Promise.all(pool.map((worker) => look(lane, worker, needs, signal)))
  const untagged: CandidateRecord[] =
    wanted === null ? lane.workers.filter((worker) => !pool.includes(worker)).map((worker) => unasked(worker, profile)) : []
  const candidates = looked.flatMap(({candidate}) => (candidate === null ? [] : [candidate])).toSorted(byPriority)
  const record: Selection['record'] = {
    mode: profile.worker.selection,
    seed: null,
    constraints: {
      worker: wanted,
      require_tags: [...profile.worker.require_tags],
      min_macos: profile.worker.min_macos,
      min_disk_free_bytes: profile.worker.min_disk_free_bytes,
      disallow_degraded: profile.worker.disallow_degraded,
      xcode_version: profile.xcode.require_version,
      xcode_build: profile.xcode.require_build,
      backend: profile.backend.preferred,
      required_features: [...needs.features],
    },
    candidates: [...looked.map(({record: said}) => said), ...untagged],
  }
  if (candidates.length > 0) return {candidates, record}
  throw nobody(record.candidates, looked)
}

async function look(
  lane: Lane,
  worker: WorkerEntry,
  needs: WorkerNeeds,
  signal: AbortSignal | undefined,
): Promise<{readonly candidate: Candidate | null; readonly record: CandidateRecord; readonly error: RchError | null}> {
  const base = {name: worker.name, score: worker.priority}
  try {
    const {capabilities, connection, age, source, judged} = await judgedNow(lane, worker, needs, signal)
    const record = {...base, source, snapshot_age_seconds: age, capabilities_sha256: capabilities.capabilities_sha256}
    if (judged.eligible) {
      return {
        candidate: {worker, capabilities, connection, fit: judged.fit, notes: judged.notes},
        record: {...record, eligible: true, excluded_by: [], reasons: [...judged.notes]},
        error: null,
      }
    }
    await connection?.close()
    const [first = 'no_eligible_worker'] = judged.excludedBy
    const error = new RchError(first, `${worker.name}: ${judged.reasons.join('; ')}`, {
      data: {...judged.data, worker: worker.name, reasons: judged.reasons},
    })
    return {candidate: null, record: {...record, eligible: false, excluded_by: [...judged.excludedBy], reasons: [...judged.reasons]}, error}
  } catch (error) {
    const known = toRchError(error)
    if (known.code === 'internal_error') throw error
    return {
      candidate: null,
      record: {
        ...base,
        source: 'unreachable',
        snapshot_age_seconds: null,
        capabilities_sha256: null,
        eligible: false,
        excluded_by: [known.code],
        reasons: [known.message],
      },
      error: known,
    }
  }
}

/** A worker is never refused for what it once was: what is remembered and speaks against it is asked anew. */
async function judgedNow(
  lane: Lane,
  worker: WorkerEntry,
  needs: WorkerNeeds,
  signal: AbortSignal | undefined,
): Promise<Awaited<ReturnType<typeof capabilitiesOf>> & {readonly judged: Judgement}> {
  const known = await capabilitiesOf(lane, worker, needs.profile, signal)
  const judged = judgeWorker(worker, known.capabilities, needs)
  if (judged.eligible || known.source === 'probed') return {...known, judged}
  forgetProbe(lane, worker.name)
  const now = await capabilitiesOf(lane, worker, needs.profile, signal)
  return {...now, judged: judgeWorker(worker, now.capabilities, needs)}
}

/** What a worker is: from memory while that is young enough, else asked now. A stale memory never stands in for a failed probe. */
export async function capabilitiesOf(
  lane: Lane,
  worker: WorkerEntry,
  profile: EffectiveProfile | null,
  signal?: AbortSignal,
): Promise<{
  readonly capabilities: Capabilities
  readonly connection: Connection | null
  readonly age: number
  readonly source: 'cached' | 'probed'
}> {
  const ttlSeconds = profile === null ? 0 : (worker.probe_cache_ttl_seconds ?? profile.worker.probe_ttl_seconds)
  const file = join(lane.places.cache, 'probes', `${worker.name}.json`)
  const cached = readProbe(file)
  const age = cached === null ? Infinity : (Date.now() - cached.at) / 1000
  if (cached !== null && age >= 0 && age < ttlSeconds && cached.entry === JSON.stringify(worker))
    return {capabilities: cached.capabilities, connection: null, age, source: 'cached'}
  const connection = await connect(lane, worker, {role: 'run', profile}, signal)
  try {
    const {payload} = await connection.call({verb: 'probe', payload: {}, protocolVersion: 0}, signal)
    const capabilities = checkResponsePayload('probe', payload)
    writeCached(file, {at: Date.now(), entry: JSON.stringify(worker), capabilities})
    return {capabilities, connection, age: 0, source: 'probed'}
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Forgets what a worker said: it refused something that it should have taken, so it is asked anew the next time. */
export function forgetProbe(lane: Lane, workerName: string): void {
  removeCached(join(lane.places.cache, 'probes', `${workerName}.json`))
}

function readProbe(file: string): {readonly at: number; readonly entry: string; readonly capabilities: Capabilities} | null {
  const value = readCached(file)
  if (typeof value !== 'object' || value === null || !('at' in value) || !('entry' in value) || !('capabilities' in value)) return null
  if (typeof value.at !== 'number' || typeof value.entry !== 'string') return null
  try {
    return {at: value.at, entry: value.entry, capabilities: checkResponsePayload('probe', value.capabilities)}
  } catch {
    // Written by another release: asked again.
    return null
  }
}

function byPriority(a: Candidate, b: Candidate): number {
  return b.worker.priority - a.worker.priority || (a.worker.name < b.worker.name ? -1 : 1)
}

function unasked(worker: WorkerEntry, profile: EffectiveProfile): CandidateRecord {
  const missing = profile.worker.require_tags.filter((tag) => !worker.tags.includes(tag))
  return {
    name: worker.name,
    source: 'cached',
    snapshot_age_seconds: null,
    capabilities_sha256: null,
    eligible: false,
    excluded_by: ['no_eligible_worker'],
    score: worker.priority,
    reasons: [`it has no tag ${missing.join(', ')}`],
  }
}

function nobody(records: readonly CandidateRecord[], looked: readonly {readonly error: RchError | null}[]): RchError {
  const errors = looked.flatMap(({error}) => (error === null ? [] : [error]))
  const [only] = errors
  const data = {candidates: records.map(({name, excluded_by, reasons}) => ({name, excluded_by, reasons}))}
  // One worker, or one reason shared by all: then that is the answer, with its own exit code and hint.
  if (only !== undefined && errors.every(({code}) => code === only.code) && records.length === errors.length) {
    return new RchError(only.code, errors.map(({message}) => message).join('\n'), {data: {...only.data, ...data}, hint: only.hint})
  }
  const lines = records.map(({name, reasons}) => `  ${name}: ${reasons.join('; ')}`)
  return new RchError('no_eligible_worker', `No worker can take this job:\n${lines.join('\n')}`, {data})
}

export type {ErrorCode}
