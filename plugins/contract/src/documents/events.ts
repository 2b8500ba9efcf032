import {z} from 'zod'
import {INTERPRETER_EVENTS} from './event-payloads.ts'
import {
  actionName,
  backendChoice,
  count,
  errorCode,
  errorItem,
  exitCode,
  flag,
  identifier,
  ordinal,
  relativePath,
  seconds,
  semver,
  sha256Hex,
  text,
  timestamp,
} from './fields.ts'
import {outcomeCounts, stepStatus} from './summary.ts'

export const EVENT_SCHEMA_VERSION = 1

/** What every line of `events.ndjson` begins with; the chain fields only where `integrity.event_hash_chain` is on. */
const jobHeader = {
  timestamp,
  sequence: ordinal,
  monotonic_ms: count,
  job_id: identifier,
  run_id: sha256Hex,
  attempt: ordinal,
  trace_id: text.exactOptional(),
  prev_event_sha256: sha256Hex.exactOptional(),
  event_sha256: sha256Hex.exactOptional(),
}

/** What the harness itself says about a job. */
export const HARNESS_EVENTS = {
  hello: {
    protocol_version: ordinal,
    contract_version: semver,
    harness_version: semver,
    event_schema_version: z.literal(EVENT_SCHEMA_VERSION),
    job_request_sha256: sha256Hex,
    lease_id: identifier,
    /** Where things are on the worker, so that printed paths can be understood. */
    worker_paths: z.strictObject({source: text, derived_data: text, result_bundle: text}),
  },
  lease_acquired: {lease_id: identifier, fence: ordinal, queue_seconds: seconds, slot: z.enum(['warm', 'isolated']).nullable()},
  materialised: {entries: count, bytes: count, files_written: count, files_removed: count, files_kept: count, seconds},
  job_started: {backend: backendChoice, timeout_seconds: ordinal, idle_timeout_seconds: ordinal},
  simulator: {
    state: z.enum(['creating', 'booting', 'booted', 'shutting_down', 'deleted', 'failed']),
    udid: text.nullable(),
    name: text.nullable(),
    detail: text.nullable(),
  },
  artifact_ready: {path: relativePath, artifact_type: text, bytes: count, sha256: sha256Hex},
  heartbeat: {phase: text.nullable(), log_bytes: count},
  error: {error: errorItem},
  complete: {
    state: z.enum(['succeeded', 'failed', 'cancelled', 'timed_out']),
    exit_code: exitCode,
    error_code: errorCode.nullable(),
    errors: z.array(errorItem),
    backend: backendChoice,
    counts: outcomeCounts,
    events_sha256: sha256Hex,
    event_chain_head_sha256: sha256Hex.nullable(),
    /** How the job's processes were ended; `best_effort` where not every descendant can be seen. */
    sweep: z.enum(['complete', 'best_effort', 'not_checked']),
    reaped: count,
    artifact_summary: z.strictObject({files: count, bytes: count, result_bundle: z.enum(['present', 'absent', 'invalid'])}),
  },
} as const

const interpreter = INTERPRETER_EVENTS
const harness = HARNESS_EVENTS

/** One line of a job's stream. */
export const event = z.discriminatedUnion('type', [
  jobEvent('hello', harness.hello),
  jobEvent('lease_acquired', harness.lease_acquired),
  jobEvent('materialised', harness.materialised),
  jobEvent('job_started', harness.job_started),
  jobEvent('phase_started', interpreter.phase_started),
  jobEvent('phase_completed', interpreter.phase_completed),
  jobEvent('target_started', interpreter.target_started),
  jobEvent('target_completed', interpreter.target_completed),
  jobEvent('diagnostic', interpreter.diagnostic),
  jobEvent('test_suite_started', interpreter.test_suite_started),
  jobEvent('test_case_started', interpreter.test_case_started),
  jobEvent('test_case_passed', interpreter.test_case_passed),
  jobEvent('test_case_failed', interpreter.test_case_failed),
  jobEvent('test_case_skipped', interpreter.test_case_skipped),
  jobEvent('test_suite_completed', interpreter.test_suite_completed),
  jobEvent('package_resolution', interpreter.package_resolution),
  jobEvent('simulator', harness.simulator),
  jobEvent('progress', interpreter.progress),
  jobEvent('warning', interpreter.warning),
  jobEvent('artifact_ready', harness.artifact_ready),
  jobEvent('heartbeat', harness.heartbeat),
  jobEvent('error', harness.error),
  jobEvent('complete', harness.complete),
])

/** One line of `run_events.ndjson`: the host's own; they never enter a job's stream. */
export const runEvent = z.discriminatedUnion('type', [
  hostEvent('run_started', {profile: text, steps: z.array(actionName)}),
  hostEvent('queued', {worker: text, position: count, waited_seconds: seconds}),
  hostEvent('attempt_started', {worker: text, lease_id: identifier.nullable()}),
  hostEvent('step_started', {index: count, action: actionName, job_id: identifier}),
  hostEvent('step_complete', {
    index: count,
    action: actionName,
    job_id: identifier.nullable(),
    status: stepStatus,
    error_code: errorCode.nullable(),
    carried: flag,
  }),
  hostEvent('attempt_complete', {state: z.enum(['succeeded', 'failed', 'cancelled'])}),
  hostEvent('run_complete', {status: z.enum(['success', 'failed', 'rejected', 'cancelled']), exit_code: exitCode}),
  hostEvent('warning', INTERPRETER_EVENTS.warning),
])

/** What `reserve` prints while it waits: a line, not a job's event. */
export const queuedLine = z.strictObject({
  type: z.literal('queued'),
  timestamp,
  run_id: sha256Hex,
  position: ordinal,
  waited_seconds: seconds,
})

function jobEvent<T extends string, S extends z.core.$ZodLooseShape>(type: T, fields: S) {
  return z.strictObject({type: z.literal(type), ...jobHeader, ...fields})
}

function hostEvent<T extends string, S extends z.core.$ZodLooseShape>(type: T, fields: S) {
  return z.strictObject({
    type: z.literal(type),
    timestamp,
    sequence: ordinal,
    run_id: sha256Hex,
    attempt: ordinal,
    host_id: identifier,
    trace_id: text.exactOptional(),
    ...fields,
  })
}
