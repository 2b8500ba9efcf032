import {join} from 'node:path'
import {CONTRACT_VERSION, LANE_VERSION, RchError} from '@rch/contract'
import {EVENT_SCHEMA_VERSION, type JobRequest} from '@rch/contract/documents'
import type {WorkerContext} from '../context.ts'
import {workerError} from '../failures/worker-error.ts'
import type {JobLayout} from '../layout.ts'
import {listProcesses} from '../platform/process-list.ts'
import {openUploads} from '../open-uploads.ts'
import {findJob, recordSeal} from '../state/jobs.ts'
import {endLeaseAfterSeal, releaseLease, renewLease} from '../state/leases.ts'
import {releaseRun} from '../release-run.ts'
import {backendPhase, type BackendReport} from './phases/backend.ts'
import {collectPhase, NOTHING_RAN} from './phases/collect.ts'
import {preparePhase, type Prepared} from './phases/prepare.ts'
import {checkProducts, markProducts} from './phases/products.ts'
import {claimWorkspace, keepWorkspace, workspacePhase, type Workspace} from './phases/workspace.ts'
import {EventLog} from './event-log.ts'
import {finishJob} from './finish.ts'
import {writeGivenDocuments} from './given-documents.ts'
import {outcomeOf, SUCCEEDED, type Outcome} from './outcome.ts'
import {createSession, type JobSession} from './session.ts'
import {cancelRequested, StopSwitch} from './stop.ts'
import {LEFTOVER_SIGNALS, ProcessFamily} from './sweep.ts'

const LOOK_EVERY_MS = 200
const RENEW_EVERY_MS = 20_000
const HEARTBEAT_AFTER_MS = 10_000

/**
 * The life of a job: told what was given, workspace, toolchain and device, backend, collection, seal. Whatever a phase throws
 * becomes the job's outcome; the seal comes in every case.
 */
export async function runJob(
  context: WorkerContext,
  layout: JobLayout,
  request: JobRequest,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const session = createSession({
    context,
    layout,
    request,
    env,
    events: openEvents(layout, request),
    stop: new StopSwitch(),
    family: new ProcessFamily(request.job_id),
    state: 'staged',
    seq: 1,
  })
  const watch = startWatch(session)
  let workspace: Workspace | null = null
  let prepared: Prepared | null = null
  let report: BackendReport | null = null
  let outcome: Outcome = SUCCEEDED
  const beforeBackend = (): void => void endTools(session)
  session.stop.signal.addEventListener('abort', beforeBackend, {once: true})
  try {
    workspace = claimWorkspace(session)
    sayHello(session, workspace)
    session.become('running')
    await writeGivenDocuments(session)
    await workspacePhase(session, workspace)
    checkProducts(session, workspace)
    throwIfStopped(session)
    prepared = await preparePhase(session)
    throwIfStopped(session)
    session.stop.signal.removeEventListener('abort', beforeBackend)
    report = await backendPhase(session, workspace, prepared)
    outcome = report.outcome
  } catch (error) {
    outcome = outcomeOf(stopError(session) ?? workerError(error))
    if (session.state === 'staged') session.become('running')
    logBug(error)
  }
  session.become('collecting')
  const collected = {workspace, prepared, report: report ?? NOTHING_RAN, outcome, counts: null}
  const ended = await collectPhase(session, collected)
  outcome = ended.outcome
  // A build that was killed may have left half-written products; one that ended by itself, red or green, leaves a usable cache.
  if (workspace !== null && report !== null && !KILLED.has(outcome.state) && report.exit?.term_signal === null)
    keepWorkspace(session, workspace)
  if (workspace !== null && outcome.state === 'succeeded') markProducts(session, workspace)
  clearInterval(watch)
  const digest = finishJob(session, {...collected, ...ended})
  // From the seal on no job pins it, and this one may have taken hours: the run's next step still needs it.
  openUploads(context).touch(context.owner, request.stage.upload_id)
  recordSeal(context.db, request.job_id, outcome.state, session.seq, digest)
  await afterSeal(session, outcome)
}

const KILLED: ReadonlySet<string> = new Set(['cancelled', 'timed_out'])

/** The first two lines of the stream. */
export function sayHello(session: JobSession, workspace: Workspace | null): void {
  const {request, events, layout} = session
  events.write({
    type: 'hello',
    protocol_version: request.protocol_version,
    contract_version: CONTRACT_VERSION,
    harness_version: LANE_VERSION,
    event_schema_version: EVENT_SCHEMA_VERSION,
    job_request_sha256: request.job_request_sha256,
    lease_id: request.lease_id,
    worker_paths: {
      source: workspace?.source ?? '',
      derived_data: workspace?.derivedData ?? '',
      result_bundle: join(layout.result, 'result.xcresult'),
    },
  })
  events.write({
    type: 'lease_acquired',
    lease_id: request.lease_id,
    fence: request.fence,
    queue_seconds: 0,
    slot: workspace?.slot.mode ?? null,
  })
}

export function openEvents(layout: JobLayout, request: JobRequest, resume = false): EventLog {
  const {limits, effective_config: config} = request.job
  return new EventLog({
    file: layout.events,
    header: {
      job_id: request.job_id,
      run_id: request.run_id,
      attempt: request.attempt,
      ...(request.trace_id === undefined ? {} : {trace_id: request.trace_id}),
    },
    chained: config.resolved.settings.integrity.event_hash_chain,
    maxLineBytes: limits.max_event_line_bytes,
    maxBytes: limits.max_events_bytes,
    resume,
  })
}

/** Looks after the job from the side: cancel, abandonment, lease, heartbeat, the family of processes. */
function startWatch(session: JobSession): NodeJS.Timeout {
  const {context, layout, request, stop, events} = session
  const {abandon_after_seconds: patience} = request.job.timeouts
  let renewedAt = Date.now()
  return setInterval(() => {
    const now = Date.now()
    const cancel = cancelRequested(layout.cancel)
    if (cancel !== null) stop.stop({code: 'cancelled', data: {reason: cancel}})
    if (events.silentMs(now) >= HEARTBEAT_AFTER_MS) events.write({type: 'heartbeat', phase: null, log_bytes: 0})
    if (patience > 0) {
      const followed = findJob(context.db, request.job_id)?.followed_at ?? now
      if (now - followed > patience * 1000) stop.stop({code: 'abandoned', data: {seconds: patience}})
    }
    if (now - renewedAt >= RENEW_EVERY_MS) {
      renewedAt = now
      try {
        renewLease(context.db, context.owner, request.lease_id, request.fence, now)
      } catch (error) {
        stop.stop({code: 'lease_expired', data: {lease_id: request.lease_id}})
        logBug(error)
      }
    }
  }, LOOK_EVERY_MS)
}

/**
 * Lets go of the lease when its host gave it back already, or when the run was cancelled and has no next step; otherwise it falls
 * back to its short life, and the host renews it with the next step or gives it back.
 */
export async function afterSeal(
  {context, request}: Pick<JobSession, 'context' | 'request'>,
  {state}: Pick<Outcome, 'state'>,
): Promise<void> {
  try {
    if (state === 'cancelled') releaseLease(context.db, context.owner, request.lease_id)
    if (state === 'cancelled' || endLeaseAfterSeal(context.db, request.lease_id)) await releaseRun(context, request.lease_id)
    else renewLease(context.db, context.owner, request.lease_id, request.fence, Date.now())
  } catch (error) {
    logBug(error)
  }
}

/** What hangs before the backend runs is a tool of ours: it is ended with all that it started, and its phase comes to its end. */
async function endTools({family}: Pick<JobSession, 'family'>): Promise<void> {
  for (const {pid, ppid} of listProcesses()) if (ppid === process.pid) family.add(pid)
  await family.end(LEFTOVER_SIGNALS)
}

export function stopError(session: JobSession): RchError | null {
  const {reason} = session.stop
  return reason === null ? null : new RchError(reason.code, undefined, {data: reason.data})
}

function throwIfStopped(session: JobSession): void {
  const error = stopError(session)
  if (error !== null) throw error
}

/** The supervisor's own log; never part of a sealed set. */
function logBug(error: unknown): void {
  process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
