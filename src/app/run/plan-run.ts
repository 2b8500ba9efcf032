import {envFingerprints} from '../../domain/plan/run-identity.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'
import {contractDigest} from '../../infra/contract-digest.ts'
import {takeSnapshot} from '../../snapshot/index.ts'
import type {Lane} from '../lane.ts'
import {planFor} from './candidate-plan.ts'
import {checkPatterns} from './check-patterns.ts'
import {requiredFeatures} from './compose-job.ts'
import type {AcceptedStep, GateRequest} from './gate-request.ts'
import {selectWorkers} from './select-worker.ts'
import {listAttempts, notebookDocument} from '../find-record.ts'
import {join} from 'node:path'

export interface RunPreview {
  readonly worker: string
  readonly worker_candidates: readonly {readonly name: string; readonly eligible: boolean; readonly reasons: readonly string[]}[]
  readonly toolchain: Readonly<Record<string, unknown>>
  readonly steps: readonly {
    readonly index: number
    readonly action: string
    readonly sanitized_argv: readonly string[]
    readonly resolved_argv: readonly string[]
    readonly destinations: readonly unknown[]
    readonly job_key: string | null
    readonly slot_key: string | null
  }[]
  readonly source: {readonly source_tree_hash: string; readonly files: number; readonly bytes: number} | null
  readonly config_hash: string | null
  readonly run_id: string | null
  /** A succeeded attempt of the same run on this host. */
  readonly reuse: {readonly attempt: number; readonly directory: string} | null
}

/** What a run would be: worker, destinations, hashes. Workers are asked, the source is read; nothing is reserved, sent or written. */
export async function planRun(
  lane: Lane,
  request: Omit<GateRequest, 'steps'> & {readonly steps: readonly AcceptedStep[]},
  hash: boolean,
): Promise<RunPreview> {
  const {profile} = request
  const {provider: classifier} = await lane.providers.load('classifier', DEFAULT_KIND)
  await checkPatterns(profile)
  const needs = {profile, steps: request.steps.map(({step}) => step), features: requiredFeatures(request), contractSha256: contractDigest()}
  const selection = await selectWorkers(lane, needs, request.worker, () => {})
  const [candidate] = selection.candidates
  for (const {connection} of selection.candidates) await connection?.close()
  if (candidate === undefined) throw new Error('a selection without a candidate')
  const snapshot = hash
    ? await takeSnapshot({
        root: lane.repository.root,
        source: profile.source,
        container: request.steps[0]?.step.model.container ?? null,
        cacheDir: lane.repo.snapshotCache,
      })
    : null
  const plan = planFor(
    classifier,
    request,
    candidate,
    {sourceTreeHash: snapshot?.sourceTreeHash ?? '0'.repeat(64)},
    envFingerprints(profile, lane.env),
  )
  const runId = snapshot === null ? null : plan.identity.run_id
  return {
    worker: candidate.worker.name,
    worker_candidates: selection.record.candidates.map(({name, eligible, reasons}) => ({name, eligible, reasons})),
    toolchain: {...candidate.fit.toolchain},
    steps: plan.steps.map(({accepted, planned, identity}) => ({
      index: planned.index,
      action: accepted.step.action,
      sanitized_argv: accepted.step.sanitized_argv,
      resolved_argv: planned.resolvedArgv,
      destinations: planned.destinations,
      job_key: snapshot === null ? null : identity.job_key,
      slot_key: identity.slot_key,
    })),
    source:
      snapshot === null ? null : {source_tree_hash: snapshot.sourceTreeHash, files: snapshot.stats.files, bytes: snapshot.stats.bytes},
    config_hash: plan.identity.config_hash,
    run_id: runId,
    reuse: runId === null ? null : succeeded(lane, runId),
  }
}

function succeeded(lane: Lane, runId: string): RunPreview['reuse'] {
  const attempts = listAttempts(join(lane.repo.root, 'runs')).filter((attempt) => attempt.run_id === runId)
  const found = attempts
    .toSorted((a, b) => b.attempt - a.attempt)
    .find(({directory}) => notebookDocument(directory, 'run_summary')?.status === 'success')
  return found === undefined ? null : {attempt: found.attempt, directory: found.directory}
}
