import {z} from 'zod'
import {token} from './decision.ts'
import {
  actionName,
  artifactProfile,
  backendChoice,
  count,
  errorCode,
  errorItem,
  exitCode,
  failureKind,
  identifier,
  flag,
  milliseconds,
  sha256Hex,
  text,
  timestamp,
} from './fields.ts'
import {hostScope, stepScope} from './header.ts'

export const stepStatus = z.enum(['success', 'failed', 'rejected', 'cancelled', 'skipped'])
const finalState = z.enum(['succeeded', 'failed', 'cancelled', 'timed_out'])

export const outcomeCounts = z.strictObject({
  errors: count,
  warnings: count,
  tests_total: count,
  tests_passed: count,
  tests_failed: count,
  tests_skipped: count,
  tests_expected_failures: count,
})

/** One step's outcome: the worker's in the sealed set, the host's in its notebook. */
export const summary = stepScope('summary', {
  index: count,
  action: actionName.nullable(),
  status: stepStatus,
  state: finalState.nullable(),
  failure_kind: failureKind.nullable(),
  failure_subkind: text.nullable(),
  error_code: errorCode.nullable(),
  errors: z.array(errorItem),
  rejection_reason: z
    .strictObject({codes: z.array(errorCode), tokens: z.array(token), reason: text.nullable(), hint: text.nullable()})
    .nullable(),
  exit_code: exitCode,
  backend: backendChoice.nullable(),
  backend_exit_code: z.int().nullable(),
  backend_term_signal: text.nullable(),
  human_summary: text,
  started_at: timestamp.nullable(),
  finished_at: timestamp,
  duration_ms: milliseconds.nullable(),
  artifact_profile: artifactProfile.nullable(),
  cached_from_job_id: identifier.nullable(),
  events_sha256: sha256Hex.nullable(),
  counts: outcomeCounts,
  /** What the worker claimed, in the host's copy of a sealed summary; `null` in the sealed one and where nothing was sealed. */
  sealed_status: stepStatus.nullable(),
}).refine(tellsOneStory, {error: 'status, error_code, failure_kind, exit_code and rejection_reason contradict each other'})

/** The outcome of a run. */
export const runSummary = hostScope('run_summary', {
  status: z.enum(['success', 'failed', 'rejected', 'cancelled']),
  exit_code: exitCode,
  error_code: errorCode.nullable(),
  errors: z.array(errorItem),
  human_summary: text,
  started_at: timestamp,
  finished_at: timestamp,
  duration_ms: milliseconds,
  step_count: count,
  steps_succeeded: count,
  steps_failed: count,
  steps_cancelled: count,
  steps_skipped: count,
  steps_rejected: count,
  steps: z.array(
    z.strictObject({
      index: count,
      action: actionName.nullable(),
      job_id: identifier.nullable(),
      status: stepStatus,
      exit_code: exitCode,
      error_code: errorCode.nullable(),
      cached: flag,
      carried: flag,
    }),
  ),
})

interface Story {
  readonly status: z.infer<typeof stepStatus>
  readonly error_code: string | null
  readonly failure_kind: string | null
  readonly exit_code: number
  readonly rejection_reason: object | null
}

function tellsOneStory({status, error_code, failure_kind, exit_code, rejection_reason}: Story): boolean {
  if ((status === 'rejected') !== (rejection_reason !== null)) return false
  if (status === 'success') return error_code === null && failure_kind === null && exit_code === 0
  return status === 'skipped' || (error_code !== null && failure_kind !== null && exit_code !== 0)
}
