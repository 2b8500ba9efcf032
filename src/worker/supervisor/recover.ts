import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {readDocument, type JobRequest} from '@rch/contract/documents'
import {artifactRootSha256, sha256} from '@rch/contract/identity'
import {readIfThere} from '../../infra/files.ts'
import {runTool} from '../../infra/run-tool.ts'
import type {WorkerContext} from '../context.ts'
import type {JobLayout} from '../layout.ts'
import {recordSeal} from '../state/jobs.ts'
import {markSlot} from '../state/slots.ts'
import {appleTools, toolEnv} from '../toolchain/tools.ts'
import type {Control} from './control.ts'
import {finishJob} from './finish.ts'
import {writeGivenDocuments} from './given-documents.ts'
import {outcomeOf} from './outcome.ts'
import {claimWorkspace} from './phases/workspace.ts'
import {NOTHING_RAN} from './phases/collect.ts'
import {afterSeal, openEvents, sayHello} from './run-job.ts'
import {manifestEntries, unseal, writeIndex} from './seal.ts'
import {composer, createSession} from './session.ts'
import {StopSwitch} from './stop.ts'
import {ProcessFamily, STOP_SIGNALS} from './sweep.ts'

/**
 * Ends a job whose supervisor is gone. A set that was bound already and is whole gets its seal; otherwise what still runs is
 * ended, what was made for the job is deleted, and the job is sealed as failed with what there is. Nothing is run again.
 */
export async function recover(
  context: WorkerContext,
  layout: JobLayout,
  request: JobRequest,
  previous: Control | undefined,
): Promise<void> {
  const family = new ProcessFamily(request.job_id)
  for (const identity of previous?.backends ?? []) family.adopt(identity)
  const sweep = await family.end(STOP_SIGNALS)
  await deleteSimulators(context, previous)
  if (isBound(layout)) {
    const {state} = readDocument('summary', readFileSync(join(layout.artifacts, 'summary.json')))
    const {seq} = readDocument('job_state', readFileSync(join(layout.artifacts, 'job_state.json')))
    recordSeal(context.db, request.job_id, state ?? 'failed', seq, writeIndex(layout, request, composer(request)))
    await afterSeal({context, request}, {state: state ?? 'failed'})
    return
  }
  unseal(layout.artifacts)
  rmSync(join(layout.artifacts, 'result.xcresult'), {recursive: true, force: true})
  rmSync(join(layout.artifacts, 'artifact_trees'), {recursive: true, force: true})
  const session = createSession({
    context,
    layout,
    request,
    env: {},
    events: openEvents(layout, request, true),
    stop: new StopSwitch(),
    family,
    state: 'staged',
    seq: 1,
  })
  const workspace = claimWorkspace(session)
  markSlot(context.db, workspace.slot.path, 'dd')
  if (session.events.sequence === 0) sayHello(session, workspace)
  session.become('running', 'worker_restarted')
  await writeGivenDocuments(session)
  const error =
    sweep.remaining > 0 ? new RchError('job_stuck', undefined, {data: {count: sweep.remaining}}) : new RchError('worker_restarted')
  session.events.write({type: 'warning', code: error.code, message: error.message, data: {reaped: sweep.reaped}})
  session.become('collecting', error.code)
  const outcome = outcomeOf(error)
  const digest = finishJob(session, {workspace, prepared: null, report: {...NOTHING_RAN, sweep}, outcome, counts: null})
  recordSeal(context.db, request.job_id, outcome.state, session.seq, digest)
  await afterSeal(session, outcome)
}

/** Whether everything but the index is there and right: each file as the manifest says, the attestation of that manifest. */
function isBound({artifacts}: JobLayout): boolean {
  const manifest = readIfThere(join(artifacts, 'manifest.json'))
  const attestation = readIfThere(join(artifacts, 'attestation.json'))
  if (manifest === undefined || attestation === undefined) return false
  try {
    const said = readDocument('manifest', manifest)
    const statement = readDocument('attestation', attestation)
    const redacted = said.entries.some(({sensitivity}) => sensitivity === 'redacted')
    const sameFiles =
      artifactRootSha256(manifestEntries(artifacts, redacted)) === said.artifact_root_sha256 &&
      artifactRootSha256(said.entries) === said.artifact_root_sha256
    const named = statement.subject.some(({digest}) => digest.sha256 === sha256(manifest))
    const signed =
      statement.predicate.worker.attestation_key_fingerprint === null || readIfThere(join(artifacts, 'attestation.sig')) !== undefined
    return sameFiles && named && signed
  } catch {
    // Half a document is what a power cut leaves: the set is bound anew.
    return false
  }
}

async function deleteSimulators(context: WorkerContext, previous: Control | undefined): Promise<void> {
  const tools = appleTools(context.config)
  for (const {udid, developer_dir} of previous?.created_simulators ?? []) {
    const env = toolEnv(tools, developer_dir)
    await runTool(tools.xcrun, ['simctl', 'shutdown', udid], {env, timeoutMs: 60_000})
    await runTool(tools.xcrun, ['simctl', 'delete', udid], {env, timeoutMs: 60_000})
  }
}
