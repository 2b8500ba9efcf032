import type {ErrorRow} from '../kinds.ts'

/** What is wrong with a sealed set or its way home, and with what vouches for it. Exit 70 and 93. */
export const ARTIFACT_ERRORS = {
  document_invalid: {
    kind: 'ARTIFACTS',
    message: '{document} cannot be read: {problem}',
    hint: 'Run `rch xcode validate`; if a newer release wrote it, update rch.',
    since: '0.1.0',
  },
  result_bundle_missing: {
    kind: 'ARTIFACTS',
    message: 'The tests started, but there is no result bundle.',
    hint: 'Read the end of build.log; run `rch xcode retry`.',
    since: '0.1.0',
  },
  result_bundle_invalid: {
    kind: 'ARTIFACTS',
    message: 'The result bundle cannot be read: {problem}',
    hint: 'Read the end of build.log; run `rch xcode retry`.',
    since: '0.1.0',
  },
  integrity_mismatch: {
    kind: 'ARTIFACTS',
    message: '{count} files do not match what was sealed.',
    hint: 'Run `rch xcode fetch` again; nothing of the damaged set was used.',
    since: '0.1.0',
  },
  artifacts_gone: {
    kind: 'ARTIFACTS',
    wire: 'ARTIFACTS_GONE',
    message: 'The worker no longer has the artifacts of {job_id}.',
    hint: 'Raise [gc] max_age_days in worker.toml; run `rch xcode retry`.',
    since: '0.1.0',
  },
  artifact_collection_failed: {
    kind: 'ARTIFACTS',
    retryable: true,
    message: 'The artifacts could not be collected: {problem}',
    hint: 'Run `rch xcode retry`.',
    since: '0.1.0',
  },
  artifact_quota_exceeded: {
    kind: 'ARTIFACTS',
    message: 'The artifacts take {got} bytes, allowed are {limit}.',
    hint: 'Raise limits.max_artifact_bytes on the host.',
    since: '0.1.0',
  },
  host_disk_full: {
    kind: 'ARTIFACTS',
    message: 'This machine has no room for the artifacts.',
    hint: 'Free space or run `rch xcode gc`, then `rch xcode fetch`.',
    since: '0.1.0',
  },
  host_storage_failed: {
    kind: 'ARTIFACTS',
    retryable: true,
    message: 'This machine could not use its own files: {problem}',
    hint: 'Look at its disk and its limit of open files (`ulimit -n`), then try again; `rch xcode fetch` brings home what a job left.',
    since: '0.1.0',
  },
  object_store_failed: {
    kind: 'ARTIFACTS',
    retryable: true,
    message: 'The object store answered: {problem}',
    hint: 'Try again.',
    since: 'planned',
  },
  untrusted_remote_storage_requires_redaction: {
    kind: 'ARTIFACTS',
    message: 'Remote storage in untrusted posture needs redaction.',
    hint: 'Set redaction.enabled = true.',
    since: 'planned',
  },
  sensitive_artifact_unencrypted: {
    kind: 'ARTIFACTS',
    message: 'A sensitive artifact would be stored unencrypted.',
    hint: 'Set artifacts.object_store.encryption.',
    since: 'planned',
  },
  directory_artifact_remote_disallowed: {
    kind: 'ARTIFACTS',
    message: 'A directory artifact cannot go to an object store.',
    hint: 'Set artifacts.xcresult_format = "tar.zst".',
    since: 'planned',
  },
  log_truncated: {
    kind: 'ARTIFACTS',
    severity: 'warning',
    message: 'The stored log ends at {limit} bytes; the rest was read but not kept.',
    hint: 'Raise limits.max_log_bytes.',
    since: '0.1.0',
  },
  attestation_missing: {
    kind: 'ATTESTATION',
    message: 'The attestation carries no signature, and one is required.',
    hint: 'Run `rch-xcode-worker setup` on the worker, or take attestation_key_fingerprint out of workers.toml.',
    since: '0.1.0',
  },
  attestation_signature_invalid: {
    kind: 'ATTESTATION',
    message: "The attestation's signature does not verify.",
    hint: 'Do not use this result; look at the worker.',
    since: '0.1.0',
  },
  attestation_key_mismatch: {
    kind: 'ATTESTATION',
    message: 'The attestation is signed by {got}, pinned is {expected}.',
    hint: 'If the key was changed on purpose, replace attestation_key_fingerprint in workers.toml.',
    since: '0.1.0',
  },
  attestation_subject_mismatch: {
    kind: 'ATTESTATION',
    message: 'The attestation speaks of another manifest.',
    hint: 'Do not use this result; look at the worker.',
    since: '0.1.0',
  },
  attestation_key_type: {
    kind: 'ATTESTATION',
    message: 'The attestation key is not Ed25519.',
    hint: 'Run `rch-xcode-worker setup` on the worker.',
    since: '0.1.0',
  },
} as const satisfies Record<string, ErrorRow>
