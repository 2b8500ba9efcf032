import type {EffectiveConfig} from '@rch/contract/documents'
import {HEX, LEASE_ID} from './identities.ts'
import {INPUTS, TOOLCHAIN} from './inputs.ts'
import {TRANSPORT, VCS} from './parties.ts'

export const LIMITS = {
  max_workspace_bytes: 100e9,
  max_artifact_bytes: 20e9,
  max_log_bytes: 200e6,
  max_events_bytes: 50e6,
  max_event_line_bytes: 1e6,
  max_cpu_seconds: null,
  max_memory_bytes: null,
}

export const TIMEOUTS = {timeout_seconds: 1800, idle_timeout_seconds: 300, abandon_after_seconds: 900}

export const EFFECTIVE_CONFIG: EffectiveConfig = {
  inputs: INPUTS,
  resolved: {
    profile: 'ci',
    worker: {name: 'mini-1', host: 'mini-1.local', transport: TRANSPORT},
    developer_dir: TOOLCHAIN.developer_dir,
    xcode_version: '16.2',
    udids: [null],
    device_choice: [{on_multiple: 'error', selector: 'highest_udid'}],
    lease_id: LEASE_ID,
    vcs: VCS,
    settings: {
      artifact_profile: 'minimal',
      continue_on_failure: false,
      timeouts: TIMEOUTS,
      limits: LIMITS,
      xcode: {path: null, require_version: '>=16 <17', require_build: null, real: false},
      worker: {
        require_tags: ['macos', 'xcode'],
        selection: 'deterministic',
        min_macos: null,
        min_disk_free_bytes: null,
        disallow_degraded: false,
        probe_ttl_seconds: 300,
        connect_timeout_seconds: 10,
        max_queue_seconds: 1800,
        queue_priority: 0,
        abandon_after_seconds: 900,
      },
      workspace: {mode: 'warm'},
      classifier: {drop_owned_paths: false, allow_settings: []},
      staging: {stager: 'cas', max_bytes: 4e9, max_file_bytes: 1e9, verify_after_stage: false, verify_after_run: false},
      artifacts: {store: 'host', xcresult_format: 'directory', compression: 'none', object_store: {bucket: null}},
      trust: {
        require_pinned_host_key: false,
        require_harness_pins: false,
        require_stable_capabilities_sha256: false,
        require_signed_job_requests: false,
        require_attestation_signature: false,
      },
      integrity: {event_hash_chain: false},
      retry: {max_attempts: 1, retry_on: [], backoff_seconds: 5},
      provenance: {enabled: false, key_path: null},
      reports: {junit: true, test_summary: true, sarif: false, annotations: false, html: false},
      repro: {enabled: null, include_source_bundle: false},
    },
  },
  sources: [{layer: 'repository', file: '.rch/xcode.toml', sha256: HEX('4')}],
  redactions: [{key: 'env.allow', reason: 'values are never kept'}],
}
