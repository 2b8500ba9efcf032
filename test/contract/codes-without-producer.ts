import type {ErrorCode} from '@rch/contract'

/** Codes that nothing in the sources can produce although their row names a release. Each one is a debt; the list only shrinks. */
export const CODES_WITHOUT_PRODUCER: readonly ErrorCode[] = [
  'attestation_subject_mismatch',
  'cancel_failed',
  'capabilities_drift',
  'contract_digest_mismatch',
  'event_line_too_long',
  'job_request_sha256_missing',
  'network_policy_apply_failed',
  'products_missing',
  'protocol_drift',
  'run_not_found',
]
