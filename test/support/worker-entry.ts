import {tmpdir} from 'node:os'
import type {TransportOptions, WorkerEntry} from '@rch/contract'

/** A worker of workers.toml with nothing but its name, for tests that say what differs. */
export function workerEntry(differs: Partial<WorkerEntry> = {}): WorkerEntry {
  return {
    name: 'mac',
    transport: 'ssh',
    host: null,
    user: null,
    port: 22,
    tags: [],
    priority: 0,
    run_key: null,
    stage_key: null,
    fetch_key: null,
    accept_first_key: false,
    request_signing_key: null,
    host_key_fingerprint: null,
    host_key_ca: null,
    jump: null,
    attestation_key_fingerprint: null,
    expected_harness_sha256: null,
    expected_harness_codesign_requirement: null,
    probe_cache_ttl_seconds: null,
    stage_root: null,
    worker_config: null,
    ...differs,
  }
}

/** What a command without a terminal would pass to a transport. */
export function openOptions(differs: Partial<TransportOptions> = {}): TransportOptions {
  return {
    role: 'run',
    connectTimeoutMs: 10_000,
    interactive: false,
    requirePinnedHostKey: false,
    stateDir: tmpdir(),
    notice: () => {},
    ...differs,
  }
}
