import {z} from 'zod'
import {base64, count, flag, identifier, names, ordinal, semver, sha256Hex, text, timestamp} from './fields.ts'

export const workerIdentity = z.strictObject({
  /** Made once per worker; the `audience` of job requests. */
  worker_id: identifier,
  account: text,
  host_key_fingerprints: names,
  attestation_key_fingerprint: text.nullable(),
  /** Raw Ed25519 public key. */
  attestation_public_key_base64: base64.nullable(),
})

export const runtimeItem = z.strictObject({identifier: text, version: text, build: text, platform: text, name: text})

const absent = {available: flag, version: text.nullable(), reasons: names}

const health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  reasons: names,
  disk_free_bytes: count,
  disk_total_bytes: count,
  gui_session: flag.nullable(),
  xcodes: z.array(z.strictObject({developer_dir: text, license_accepted: flag.nullable(), first_launch_done: flag.nullable()})),
  filesystem: z.strictObject({case_sensitive: flag.nullable(), clones: flag.nullable(), nanosecond_times: flag.nullable()}),
})

/** What a worker is, has and can do; the answer of `probe`. */
export const capabilitiesBody = {
  protocol_min: count,
  protocol_max: count,
  contract_versions: z.array(z.strictObject({contract_version: semver, contract_sha256: sha256Hex})),
  features: names,
  verbs: names,
  harness_version: semver,
  harness_sha256: sha256Hex,
  /** Whether the configured code-signing requirement holds; `not_checked` where it cannot be told. */
  harness_codesign: z.enum(['valid', 'invalid', 'not_checked']),
  limits: z.strictObject({
    max_upload_bytes: ordinal,
    max_blob_bytes: ordinal,
    max_artifact_bytes: ordinal,
    max_log_bytes: ordinal,
    max_entries: ordinal,
  }),
  roots: z.strictObject({stage_root: text, jobs_root: text, cache_root: text}),
  os: z.strictObject({name: text, version: text, build: text, arch: text}),
  toolchain: z.strictObject({kind: z.enum(['real', 'mock'])}),
  xcodes: z.array(z.strictObject({version: text, build: text, path: text, developer_dir: text})),
  active_developer_dir: text.nullable(),
  runtimes: z.array(runtimeItem),
  device_types: z.array(z.strictObject({identifier: text, name: text})),
  devices: z.array(
    z.strictObject({udid: text, name: text, state: text, runtime_identifier: text, device_type_identifier: text.nullable()}),
  ),
  backends: z.array(z.strictObject({id: text, ...absent})),
  /** Versions of the tools that staging and packing use; `null` where one is missing. */
  tooling: z.record(text, text.nullable()),
  capacity: z.strictObject({max_concurrent_jobs: ordinal, running: count, queued: count}),
  load: z.strictObject({one_minute: z.number().nonnegative(), cpu_count: ordinal, memory_bytes: count, memory_free_bytes: count}),
  health,
  identity: workerIdentity,
  plugins: z.array(z.strictObject({name: text, version: text, provides: names})),
  /** The worker's clock when it answered. */
  now: timestamp,
  capabilities_sha256: sha256Hex,
}

export const probeAnswer = z.strictObject(capabilitiesBody)
