import type {Summary} from '@rch/contract/documents'

type NeverRan =
  | 'backend'
  | 'backend_exit_code'
  | 'backend_term_signal'
  | 'started_at'
  | 'finished_at'
  | 'duration_ms'
  | 'artifact_profile'
  | 'cached_from_job_id'
  | 'events_sha256'
  | 'counts'
  | 'sealed_status'

/** What a summary says of a step that no worker ran. */
export function neverRan(finishedAt: Date): Pick<Summary, NeverRan> {
  return {
    backend: null,
    backend_exit_code: null,
    backend_term_signal: null,
    started_at: null,
    finished_at: finishedAt.toISOString(),
    duration_ms: null,
    artifact_profile: null,
    cached_from_job_id: null,
    events_sha256: null,
    counts: {errors: 0, warnings: 0, tests_total: 0, tests_passed: 0, tests_failed: 0, tests_skipped: 0, tests_expected_failures: 0},
    sealed_status: null,
  }
}
