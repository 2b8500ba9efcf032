import {RchError, type EffectiveProfile} from '@rch/contract'
import {envFingerprints} from '../../domain/plan/run-identity.ts'
import {contractDigest} from '../../infra/contract-digest.ts'
import {collectGarbage, MANY_FILES} from '../../infra/flat-heap.ts'
import {takeSnapshot, type Snapshot} from '../../snapshot/index.ts'
import type {Lane} from '../lane.ts'
import {askAboutChange} from './ask-about-change.ts'
import {planFor, type CandidatePlan} from './candidate-plan.ts'
import {checkPatterns} from './check-patterns.ts'
import {requiredFeatures} from './compose-job.ts'
import type {GateRequest} from './gate-request.ts'
import {orCancelled} from './open-ended.ts'
import type {OnProgress} from './progress.ts'
import {reserve, type Granted} from './reserve.ts'
import {selectWorkers, type Selection} from './select-worker.ts'

/** A run that has a worker and an attempt, and of which nothing was sent yet. */
export interface BegunRun {
  readonly selection: Selection
  readonly snapshot: Snapshot
  /** On the worker that was chosen. */
  readonly plan: CandidatePlan
  readonly granted: Granted
}

/**
 * Workers and source at the same time, then the run's identity on each candidate, then a lease on one of them. When this throws, no
 * attempt goes on and no way to a worker is open.
 */
export async function beginRun(
  lane: Lane,
  request: GateRequest,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<BegunRun> {
  const {profile} = request
  const {provider: classifier} = await lane.providers.load('classifier', request.kind)
  const env = envFingerprints(profile, lane.env)
  checkEnvironment(profile, lane)
  await checkPatterns(profile)
  const needs = {profile, steps: request.steps.map(({step}) => step), features: requiredFeatures(request), contractSha256: contractDigest()}
  const selecting = selectWorkers(lane, needs, request.worker, onProgress, signal)
  try {
    const [selection, snapshot] = await both(selecting, snapshotOf(lane, request, onProgress, signal))
    if (request.asks) askAboutChange(lane, snapshot)
    const plans = new Map<string, CandidatePlan>()
    for (const candidate of selection.candidates) plans.set(candidate.worker.name, planFor(classifier, request, candidate, snapshot, env))
    const granted = await reserve(lane, request, selection, (name) => plans.get(name)?.identity.run_id ?? '', onProgress, signal)
    const plan = plans.get(granted.candidate.worker.name)
    if (plan === undefined) throw new RchError('internal_error', 'the chosen worker has no plan')
    return {selection, snapshot, plan, granted}
  } catch (error) {
    await closeWays(selecting)
    throw orCancelled(error, signal, true)
  }
}

function checkEnvironment(profile: EffectiveProfile, lane: Lane): void {
  const missing = profile.env.allow.filter((name) => lane.env[name] === undefined)
  if (profile.env.strict && missing.length > 0) throw new RchError('env_missing', undefined, {data: {names: missing}})
}

/** Both at once; when one fails, the other's result is still waited for, so that nothing runs on behind an error. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b])
  if (second.status === 'rejected') throw second.reason
  if (first.status === 'rejected') throw first.reason
  return [first.value, second.value]
}

async function snapshotOf(lane: Lane, request: GateRequest, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<Snapshot> {
  onProgress({type: 'snapshot_started'})
  const container = request.steps[0]?.step.model.container ?? null
  const snapshot = await takeSnapshot({
    root: lane.repository.root,
    source: request.profile.source,
    container,
    cacheDir: lane.repo.snapshotCache,
    ...(signal === undefined ? {} : {signal}),
  })
  const {files, bytes, hashed, durationMs} = snapshot.stats
  if (files >= MANY_FILES) collectGarbage()
  onProgress({type: 'snapshot_taken', files, bytes, hashed, seconds: durationMs / 1000})
  return snapshot
}

/** An open way to a worker would keep this process from ending. */
async function closeWays(selecting: Promise<Selection>): Promise<void> {
  const selection = await selecting.catch(() => null)
  for (const {connection} of selection?.candidates ?? []) await connection?.close()
}
