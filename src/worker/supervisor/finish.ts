import {existsSync, lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {DocumentName, OutcomeCounts} from '@rch/contract/documents'
import {DOCUMENT_TABLE} from '@rch/contract/documents/table'
import {writeFileAtomic} from '../../infra/files.ts'
import {NO_TESTS} from './phases/write-results.ts'
import {describeMachine} from './describe-machine.ts'
import {humanSummary} from './human-summary.ts'
import {summaryFields} from './outcome.ts'
import type {Collected} from './phases/collect.ts'
import {seal} from './seal.ts'
import type {JobSession} from './session.ts'

/** Writes what can be said only at the end (metrics, summary, final state, `complete`) and seals. Answers the index's digest. */
export function finishJob(session: JobSession, collected: Collected): string {
  const {layout, request} = session
  const {outcome, report, prepared} = collected
  if (!existsSync(layout.log)) writeFileAtomic(layout.log, '')
  const {toolchain: planned} = request.job.job_key_inputs
  const backend = {
    preferred: request.job.effective_config.inputs.backend.preferred,
    actual: report.backend.actual,
    version: report.backend.version,
  }
  const counts = collected.counts ?? NO_COUNTS
  fillGaps(session, backend.actual ?? backend.preferred)
  putMetrics(session, collected)
  putSummary(session, collected, backend, counts)
  session.become(outcome.state, outcome.error?.code)
  const {state, exit_code, error_code, errors} = summaryFields(outcome)
  session.events.complete({
    ...session.events.digest(),
    state,
    exit_code,
    error_code,
    errors,
    backend,
    counts,
    sweep: report.startedAt === null ? 'not_checked' : report.sweep.coverage === 'exact' ? 'complete' : 'best_effort',
    reaped: report.sweep.reaped,
    artifact_summary: artifactSummary(session, collected),
  })
  return seal(session, {
    toolchain: prepared?.toolchain ?? {...planned, xcode_version: request.job.effective_config.resolved.xcode_version},
    backend,
    tools: {node: process.versions.node},
  })
}

/** Documents of what never came to be: the set has its full shape however early the job ended. */
function fillGaps(session: JobSession, backend: string): void {
  const {request, layout} = session
  const {job} = request
  const {path, require_version, require_build} = job.effective_config.resolved.settings.xcode
  const missing = (name: DocumentName): boolean => !existsSync(join(layout.artifacts, DOCUMENT_TABLE[name].file))
  const result_bundle = join(layout.result, 'result.xcresult')
  const none = {source: 'none', truncated: false, differences: []} as const
  if (missing('toolchain')) {
    const toolchain = {...job.job_key_inputs.toolchain, xcode_version: job.effective_config.resolved.xcode_version}
    session.put('toolchain', {
      toolchain,
      requested: {path, require_version, require_build},
      tools: {},
      warnings: ['not checked: the job ended before its toolchain was looked at'],
    })
  }
  if (missing('executor_env')) session.put('executor_env', {passed_keys: [], dropped_keys: [], overrides: []})
  if (missing('backend_invocation')) {
    session.put('backend_invocation', {
      backend: {id: backend, version: null},
      invocations: [],
      paths: {source: '', derived_data: '', result_bundle, cloned_packages: null, work: layout.work},
    })
  }
  if (missing('destination')) {
    const {destinations} = job.job_key_inputs
    session.put('destination', {
      requested: [],
      resolved: destinations,
      udid: destinations.map(() => null),
      created: false,
      boot_seconds: null,
      cleanup: {outcome: 'not_checked', detail: null},
      warnings: [],
    })
  }
  if (missing('environment')) session.put('environment', describeMachine(session.context))
  if (missing('build_summary'))
    session.put('build_summary', {
      ...none,
      outcome: 'not_run',
      errors: 0,
      warnings: 0,
      notes: 0,
      diagnostics: [],
      unmarked_failures: [],
      failed_commands: [],
      targets: [],
      phases: [],
      packages: [],
    })
  if (job.action.startsWith('test') && missing('test_summary')) {
    session.put('test_summary', NO_TESTS)
  }
}

function putSummary(
  session: JobSession,
  collected: Collected,
  backend: {readonly preferred: string; readonly actual: string | null; readonly version: string | null},
  counts: OutcomeCounts,
): void {
  const {request} = session
  const {report, outcome} = collected
  const finished = new Date()
  session.put('summary', {
    index: request.job.index,
    action: request.job.action,
    ...summaryFields(outcome),
    rejection_reason: null,
    backend,
    backend_exit_code: report.exit?.exit_code ?? null,
    backend_term_signal: report.exit?.term_signal ?? null,
    human_summary: humanSummary(request.job.action, outcome, counts, report),
    started_at: session.startedAt,
    finished_at: finished.toISOString(),
    duration_ms: finished.getTime() - Date.parse(session.startedAt),
    artifact_profile: request.job.artifact_profile,
    cached_from_job_id: null,
    events_sha256: session.events.digest().events_sha256,
    counts,
    sealed_status: null,
  })
}

function putMetrics(session: JobSession, {workspace, report}: Collected): void {
  session.put('metrics', {
    phases: [...session.meter.times],
    peak_rss_bytes: null,
    disk_bytes: null,
    queue_seconds: 0,
    queue_position: null,
    log_bytes: report.logBytes,
    event_bytes: session.events.bytes,
    event_count: session.events.sequence,
    caches: workspace === null ? [] : [workspace.cache],
  })
}

/** A job that ended before there was anything to count. */
const NO_COUNTS: OutcomeCounts = {
  errors: 0,
  warnings: 0,
  tests_total: 0,
  tests_passed: 0,
  tests_failed: 0,
  tests_skipped: 0,
  tests_expected_failures: 0,
}

function artifactSummary(
  session: JobSession,
  {outcome}: Collected,
): {readonly files: number; readonly bytes: number; readonly result_bundle: 'present' | 'absent' | 'invalid'} {
  const {artifacts} = session.layout
  let [files, bytes] = [0, 0]
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const stat = lstatSync(join(folder, name))
      if (stat.isDirectory()) visit(join(folder, name))
      else [files, bytes] = [files + 1, bytes + stat.size]
    }
  }
  visit(artifacts)
  const bundle = existsSync(join(artifacts, 'result.xcresult'))
  return {files, bytes, result_bundle: outcome.error?.code === 'result_bundle_invalid' ? 'invalid' : bundle ? 'present' : 'absent'}
}
