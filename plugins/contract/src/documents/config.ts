import {z} from 'zod'
import {
  artifactProfile,
  count,
  flag,
  identifier,
  names,
  ordinal,
  sha256Hex,
  stagerName,
  storePlace,
  text,
  transportClaim,
  vcs,
} from './fields.ts'
import {inputs} from './inputs.ts'

export const timeouts = z.strictObject({
  timeout_seconds: ordinal,
  idle_timeout_seconds: ordinal,
  /** 0: nobody has to follow. */
  abandon_after_seconds: count,
})

export const limits = z.strictObject({
  max_workspace_bytes: ordinal,
  max_artifact_bytes: ordinal,
  max_log_bytes: ordinal,
  max_events_bytes: ordinal,
  max_event_line_bytes: ordinal,
  max_cpu_seconds: ordinal.nullable(),
  max_memory_bytes: ordinal.nullable(),
})

/** Effective settings that do not change what a run means. */
const settings = z.strictObject({
  artifact_profile: artifactProfile,
  continue_on_failure: flag,
  timeouts,
  limits,
  xcode: z.strictObject({path: text.nullable(), require_version: text.nullable(), require_build: text.nullable(), real: flag}),
  worker: z.strictObject({
    require_tags: names,
    selection: z.enum(['deterministic', 'least_busy', 'warm_cache', 'adaptive', 'random']),
    min_macos: text.nullable(),
    min_disk_free_bytes: count.nullable(),
    disallow_degraded: flag,
    probe_ttl_seconds: count,
    connect_timeout_seconds: ordinal,
    max_queue_seconds: count,
    queue_priority: z.int().min(-10).max(10),
    abandon_after_seconds: count,
  }),
  workspace: z.strictObject({mode: z.enum(['warm', 'isolated'])}),
  classifier: z.strictObject({drop_owned_paths: flag, allow_settings: names}),
  staging: z.strictObject({
    stager: stagerName,
    max_bytes: ordinal,
    max_file_bytes: ordinal,
    verify_after_stage: flag,
    verify_after_run: flag,
  }),
  artifacts: z.strictObject({
    store: storePlace,
    xcresult_format: z.enum(['directory', 'tar.zst']),
    compression: z.enum(['none', 'zstd']),
    object_store: z.record(text, text.nullable()),
  }),
  trust: z.strictObject({
    require_pinned_host_key: flag,
    require_harness_pins: flag,
    require_stable_capabilities_sha256: flag,
    require_signed_job_requests: flag,
    require_attestation_signature: flag,
  }),
  integrity: z.strictObject({event_hash_chain: flag}),
  retry: z.strictObject({max_attempts: ordinal, retry_on: names, backoff_seconds: count}),
  provenance: z.strictObject({enabled: flag, key_path: text.nullable()}),
  reports: z.strictObject({junit: flag, test_summary: flag, sarif: flag, annotations: flag, html: flag}),
  repro: z.strictObject({enabled: flag.nullable(), include_source_bundle: flag}),
})

const resolved = z.strictObject({
  profile: text,
  worker: z.strictObject({name: text, host: text.nullable(), transport: transportClaim}),
  developer_dir: text,
  xcode_version: text,
  /** As the profile asks for them, in the order of `inputs.destinations`; `null` where the worker chooses. */
  udids: z.array(text.nullable()),
  /** What to do when several devices match, per destination. */
  device_choice: z.array(z.strictObject({on_multiple: z.enum(['error', 'select']), selector: z.enum(['highest_udid', 'lowest_udid'])})),
  lease_id: identifier,
  vcs,
  settings,
})

/** `inputs` is hashed, `resolved` is not. */
export const effectiveConfig = z.strictObject({
  inputs,
  resolved,
  sources: z.array(
    z.strictObject({
      layer: z.enum(['defaults', 'host_defaults', 'repository', 'flags', 'command', 'host_enforce']),
      file: text.nullable(),
      sha256: sha256Hex.nullable(),
    }),
  ),
  redactions: z.array(z.strictObject({key: text, reason: text})),
})
