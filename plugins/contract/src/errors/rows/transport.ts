import type {ErrorRow} from '../kinds.ts'

/** What goes wrong between host and worker. Exit 20 and 30. */
export const TRANSPORT_ERRORS = {
  worker_unreachable: {
    kind: 'SSH',
    retryable: true,
    message: 'The worker {worker} cannot be reached: {problem}',
    hint: 'Run `rch xcode workers probe {worker}`; a started run goes on with `rch xcode resume`.',
    since: '0.1.0',
  },
  ssh_auth_failed: {
    kind: 'SSH',
    message: 'The worker {worker} does not accept the key {key}.',
    hint: "Put the public key's line into authorized_keys on the worker: `rch-xcode-worker setup` prints it.",
    since: '0.1.0',
  },
  ssh_host_key_untrusted: {
    kind: 'SSH',
    message: 'The worker {worker} shows the host key {got}, pinned is {expected}.',
    hint: 'If the change is real, replace host_key_fingerprint in workers.toml.',
    since: '0.1.0',
  },
  ssh_key_permissions: {
    kind: 'SSH',
    message: 'The key {key} can be read by others (mode {mode}).',
    hint: 'chmod 600 {key}',
    since: '0.1.0',
  },
  transfer_failed: {
    kind: 'TRANSFER',
    retryable: true,
    message: 'The transfer broke {tries} times.',
    hint: 'Check the network, then run `rch xcode resume`.',
    since: '0.1.0',
  },
  source_missing: {
    kind: 'TRANSFER',
    retryable: true,
    wire: 'SOURCE_MISSING',
    message: 'The worker no longer has a part of the source.',
    hint: 'Try again; the source is staged anew.',
    since: '0.1.0',
  },
  payload_too_large: {
    kind: 'TRANSFER',
    wire: 'PAYLOAD_TOO_LARGE',
    message: '{limit_name}: {got}, allowed are {limit}.',
    hint: 'Raise the limit in worker.toml, or make the source smaller.',
    since: '0.1.0',
  },
  unexpected_output: {
    kind: 'TRANSFER',
    message: 'The worker printed something before the harness did: {text}',
    hint: "Remove what the worker account's shell start files print; its login shell should be /bin/sh.",
    since: '0.1.0',
  },
  source_staging_failed: {
    kind: 'TRANSFER',
    retryable: true,
    message: 'Staging failed: {problem}',
    hint: 'Try again.',
    since: '0.1.0',
  },
  source_staging_incomplete: {
    kind: 'TRANSFER',
    retryable: true,
    message: 'The upload {upload_id} is not complete.',
    hint: 'Try again; only what is missing is sent.',
    since: '0.1.0',
  },
  stage_receipt_mismatch: {
    kind: 'TRANSFER',
    retryable: true,
    message: 'The staging receipt does not fit the job.',
    hint: 'Try again; the source is staged anew.',
    since: '0.1.0',
  },
} as const satisfies Record<string, ErrorRow>
