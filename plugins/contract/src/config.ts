/** A profile after defaults, layers and classes: every key present, as spec'd in PLAN.md "Configuration". Keys are TOML's. */
import type {Action, RunOptions, TestSelection} from './kinds/xcodebuild/model.ts'

export interface DestinationConfig {
  readonly platform: string
  readonly generic: boolean
  readonly name: string | null
  readonly os: string | null
  readonly arch: string | null
  readonly variant: string | null
  readonly device_type_id: string | null
  readonly runtime_id: string | null
  readonly udid: string | null
  readonly require_core_ids: boolean
  readonly on_multiple: 'error' | 'select'
  readonly selector: 'highest_udid' | 'lowest_udid'
  readonly provisioning: 'existing' | 'ephemeral'
}

export interface VerifyStepConfig {
  readonly action: Exclude<Action, 'clean'>
  readonly scheme: string | null
  readonly configuration: string | null
  readonly destinations: readonly DestinationConfig[] | null
  readonly xcode_test: Partial<XcodeTestConfig>
  readonly xcode_run: Partial<RunOptions>
}

export interface XcodeTestConfig extends TestSelection {
  readonly test_plan: string | null
}

export interface EffectiveProfile {
  /** The profile's name, `default` for the flat one. */
  readonly name: string
  readonly action: Exclude<Action, 'clean'>
  readonly workspace: string | null
  readonly project: string | null
  readonly package: string | null
  readonly scheme: string
  /** Also allowed in a command; always holds `scheme`. */
  readonly schemes: readonly string[]
  readonly configuration: string | null
  readonly configurations: readonly string[]
  readonly sdk: string | null
  readonly timeout_seconds: number
  readonly idle_timeout_seconds: number
  readonly artifact_profile: 'minimal' | 'rich'
  readonly continue_on_failure: boolean
  readonly verify: readonly VerifyStepConfig[]
  /** Ed25519 key of the host that signs job requests; a worker's entry goes before it. */
  readonly request_signing_key: string | null
  readonly destinations: readonly DestinationConfig[]
  readonly xcode: {
    readonly path: string | null
    readonly require_version: string | null
    readonly require_build: string | null
    readonly real: boolean
  }
  readonly xcode_test: XcodeTestConfig
  readonly xcode_run: RunOptions
  readonly build_settings: Readonly<Record<string, string>>
  readonly worker: {
    readonly require_tags: readonly string[]
    readonly selection: 'deterministic' | 'least_busy' | 'warm_cache' | 'adaptive' | 'random'
    readonly min_macos: string | null
    readonly min_disk_free_bytes: number | null
    readonly disallow_degraded: boolean
    readonly probe_ttl_seconds: number
    readonly connect_timeout_seconds: number
    readonly max_queue_seconds: number
    readonly queue_priority: number
    readonly abandon_after_seconds: number
  }
  readonly workspace_mode: {readonly mode: 'warm' | 'isolated'}
  readonly cache: {
    readonly derived_data: 'off' | 'per_job' | 'shared'
    readonly spm: 'off' | 'shared'
    readonly result: 'off' | 'read' | 'read_write'
    readonly compilation: 'off' | 'local'
    readonly mode: 'off' | 'read_only' | 'read_write'
    readonly trust_domain: 'shared' | 'per_repo' | 'per_profile' | 'per_repo_and_posture'
    readonly namespace: string | null
    readonly promote_on_failure: boolean
    readonly allow_untrusted_reads: boolean
  }
  readonly classifier: {readonly drop_owned_paths: boolean; readonly allow_settings: readonly string[]}
  readonly backend: {readonly preferred: string; readonly allow_fallback: boolean}
  readonly env: {readonly allow: readonly string[]; readonly strict: boolean; readonly include_value_fingerprints: boolean}
  readonly safety: {readonly allow_mutating: boolean; readonly code_signing_allowed: boolean; readonly simulator_signing: 'none' | 'adhoc'}
  readonly determinism: {readonly allow_floating_destination: boolean}
  readonly source: {
    readonly mode: 'vcs' | 'working_tree'
    readonly require_clean: boolean
    readonly include_untracked: boolean
    readonly include: readonly string[]
    readonly excludes: readonly string[]
    readonly symlinks: 'forbid' | 'allow_safe'
    readonly hardlinks: 'forbid' | 'allow'
    readonly submodules: 'forbid' | 'include'
    readonly lfs: 'require' | 'pointers'
    readonly max_bytes: number
    readonly max_file_bytes: number
    readonly read_only: boolean
    readonly verify_after_stage: boolean
    readonly verify_after_run: boolean
    readonly stager: 'cas' | 'bundle' | 'rsync'
  }
  readonly artifacts: {
    readonly store: 'host' | 'worker' | 'object_store'
    readonly xcresult_format: 'directory' | 'tar.zst'
    readonly compression: 'none' | 'zstd'
    readonly object_store: Readonly<Record<string, string | null>>
  }
  readonly limits: {
    readonly max_workspace_bytes: number
    readonly max_artifact_bytes: number
    readonly max_log_bytes: number
    readonly max_events_bytes: number
    readonly max_event_line_bytes: number
    readonly max_cpu_seconds: number | null
    readonly max_memory_bytes: number | null
  }
  readonly simulator: {
    readonly strategy: 'shared_prebooted' | 'per_job'
    readonly erase_on_start: boolean
    readonly shutdown_on_end: boolean
    readonly device_set: 'shared' | 'per_job'
    readonly boot_timeout_seconds: number
  }
  readonly trust: {
    readonly posture: 'trusted' | 'untrusted'
    readonly require_pinned_host_key: boolean
    readonly require_harness_pins: boolean
    readonly require_stable_capabilities_sha256: boolean
    readonly require_signed_job_requests: boolean
    readonly require_attestation_signature: boolean
  }
  readonly integrity: {readonly event_hash_chain: boolean}
  readonly redaction: {readonly enabled: boolean; readonly patterns: readonly string[]}
  readonly network: {readonly mode: 'allow_all' | 'deny_all' | 'allowlist'; readonly allow: readonly string[]}
  readonly retry: {readonly max_attempts: number; readonly retry_on: readonly string[]; readonly backoff_seconds: number}
  readonly provenance: {readonly enabled: boolean; readonly key_path: string | null}
  readonly reports: {
    readonly junit: boolean
    readonly test_summary: boolean
    readonly sarif: boolean
    readonly annotations: boolean
    readonly html: boolean
  }
  readonly repro: {readonly enabled: boolean | null; readonly include_source_bundle: boolean}
}

/** One worker of `workers.toml`, defaults filled in, paths expanded. */
export interface WorkerEntry {
  readonly name: string
  readonly transport: string
  readonly host: string | null
  readonly user: string | null
  readonly port: number
  readonly tags: readonly string[]
  readonly priority: number
  readonly run_key: string | null
  readonly stage_key: string | null
  readonly fetch_key: string | null
  readonly accept_first_key: boolean
  readonly request_signing_key: string | null
  readonly host_key_fingerprint: string | null
  readonly host_key_ca: string | null
  readonly jump: string | null
  readonly attestation_key_fingerprint: string | null
  readonly expected_harness_sha256: string | null
  readonly expected_harness_codesign_requirement: string | null
  readonly probe_cache_ttl_seconds: number | null
  readonly stage_root: string | null
  /** `local` transport only: the worker's configuration file; `null` = its default place. */
  readonly worker_config: string | null
}
