import {existsSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {RchError, toRchError} from '@rch/contract'
import type {OutcomeCounts} from '@rch/contract/documents'
import {treeHash} from '@rch/contract/source'
import {writeResults, type ResultsReport} from './write-results.ts'
import {releaseDevices} from './devices.ts'
import {copyTree} from '../artifact-tree.ts'
import {describeMachine} from '../describe-machine.ts'
import {outcomeOf, type Outcome} from '../outcome.ts'
import type {JobSession} from '../session.ts'
import type {BackendReport} from './backend.ts'
import type {Prepared} from './prepare.ts'
import {verifyAfterRun, type Workspace} from './workspace.ts'

export interface Collected {
  readonly workspace: Workspace | null
  readonly prepared: Prepared | null
  readonly report: BackendReport
  readonly outcome: Outcome
  /** What build and tests came to, once that was looked at. */
  readonly counts: OutcomeCounts | null
}

/** Stands for a backend that never came to run. */
export const NOTHING_RAN: BackendReport = {
  outcome: {state: 'failed', status: 'failed', error: null},
  exit: null,
  backend: {preferred: '', actual: null, version: null},
  summary: null,
  findings: null,
  logBytes: 0,
  redactor: null,
  sweep: {reaped: 0, remaining: 0, coverage: 'exact'},
  startedAt: null,
}

/**
 * Gathers what the job leaves behind and lets go of what it held. Nothing here may stop the seal: what cannot be collected
 * becomes the job's error, unless it has one already.
 */
export async function collectPhase(session: JobSession, collected: Collected): Promise<Pick<Collected, 'outcome' | 'counts'>> {
  let {outcome, counts} = collected
  const attempt = async (work: () => Promise<void> | void): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const known = toRchError(error)
      process.stderr.write(`${new Date().toISOString()} collect: ${error instanceof Error ? error.stack : String(error)}\n`)
      if (outcome.error === null)
        outcome = outcomeOf(
          known.code === 'internal_error'
            ? new RchError('artifact_collection_failed', undefined, {data: {problem: known.message}, cause: error})
            : known,
        )
    }
  }
  await session.meter.run('collect', async () => {
    await attempt(() => putDevices(session, collected))
    await attempt(async () => {
      const results = await collectBundle(session, collected)
      counts = results.counts
      outcome = judgeBundle(results, outcome)
    })
    await attempt(() => (collected.workspace === null ? undefined : verifyAfterRun(session, collected.workspace)))
    await attempt(() => session.put('environment', describeMachine(session.context)))
    await attempt(() => putRedactions(session, collected.report))
  })
  return {outcome, counts}
}

async function putDevices(session: JobSession, {prepared, outcome}: Collected): Promise<void> {
  const {request} = session
  const step = request.job.effective_config.inputs.steps.find((candidate) => candidate.index === request.job.index)
  const killed = outcome.state === 'cancelled' || outcome.state === 'timed_out'
  const cleanup =
    prepared === null
      ? {outcome: 'not_checked' as const, detail: null}
      : await releaseDevices(session, prepared.tools, prepared.toolchain.developer_dir, prepared.devices, killed)
  session.put('destination', {
    requested: step?.model.destinations ?? [],
    resolved: request.job.job_key_inputs.destinations,
    udid: prepared?.devices.map((device) => device.udid) ?? request.job.job_key_inputs.destinations.map(() => null),
    created: prepared?.devices.some((device) => device.created) ?? false,
    boot_seconds:
      prepared?.devices.reduce<number | null>(
        (most, device) => (device.boot_seconds === null ? most : Math.max(most ?? 0, device.boot_seconds)),
        null,
      ) ?? null,
    cleanup,
    warnings: prepared?.warnings ?? [],
  })
}

const UNREDACTED = ['attachments', 'result.xcresult']

/** What was hidden, and what is kept as Apple's tools wrote it. */
function putRedactions(session: JobSession, {redactor}: BackendReport): void {
  if (redactor === null) return
  session.put('redaction_report', {
    enabled: true,
    ...redactor.report(),
    unredacted: UNREDACTED.filter((name) => existsSync(join(session.layout.artifacts, name))),
  })
}

/** The result bundle, and what it and the log say. */
async function collectBundle(
  session: JobSession,
  {prepared, report, workspace}: Collected,
): Promise<ResultsReport & {readonly present: boolean}> {
  const {layout, request} = session
  const bundle = join(layout.result, 'result.xcresult')
  const present = existsSync(bundle)
  const kept = join(layout.artifacts, 'result.xcresult')
  if (present) {
    const {entries} = copyWhole(bundle, kept, request.job.limits.max_artifact_bytes)
    session.put(
      'artifact_tree',
      {path: 'result.xcresult', tree_sha256: treeHash(entries), entries},
      'artifact_trees/result.xcresult.tree.json',
    )
  }
  // The tool may add an index to a bundle that it reads, so it reads the original: the copy stays what its tree says.
  return {...(await writeResults(session, prepared, report, present ? bundle : null, workspace?.source ?? '/')), present}
}

/** A copy that stopped midway would be a folder that no tree describes: nothing could be sealed beside it. */
function copyWhole(from: string, to: string, maxBytes: number): ReturnType<typeof copyTree> {
  try {
    return copyTree(from, to, maxBytes)
  } catch (error) {
    rmSync(to, {recursive: true, force: true})
    throw error
  }
}

/** A test that started must have a bundle that can be read, and a good exit status does not outvote the failures in it. */
function judgeBundle(
  {testsStarted, present, bundleProblem, failedInBundle}: ResultsReport & {readonly present: boolean},
  outcome: Outcome,
): Outcome {
  if (!testsStarted || outcome.state === 'cancelled' || outcome.state === 'timed_out') return outcome
  // A bundle that found no room is no news of its own.
  if (outcome.error?.code === 'insufficient_disk_space') return outcome
  if (!present) return outcomeOf(new RchError('result_bundle_missing'))
  if (bundleProblem !== null) return outcomeOf(new RchError('result_bundle_invalid', undefined, {data: {problem: bundleProblem}}))
  return outcome.error === null && failedInBundle > 0
    ? outcomeOf(new RchError('tests_failed', undefined, {data: {failed: failedInBundle}}))
    : outcome
}
