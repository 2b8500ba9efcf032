import {z} from 'zod'
import {count, flag, identifier, names, relativePath, seconds, sha256Hex, stagerName, text, timestamp} from './fields.ts'
import {runtimeItem} from './capabilities.ts'
import {jobScope} from './header.ts'
import {destinationRequest, resolvedDestination, toolchainInfo} from './kinds/xcodebuild.ts'

/** Everything the manifest names is on the worker. */
export const stageReceiptBody = {
  upload_id: identifier,
  stager: stagerName,
  source_tree_hash: sha256Hex,
  /** Digest of the canonical tar; of the `bundle` stager only. */
  source_sha256: sha256Hex.exactOptional(),
  entries: count,
  bytes: count,
  bytes_sent: count,
  files_changed: count,
  staged_at: timestamp,
  writer: z.enum(['host', 'harness']),
}

/** As the final staging answer carries it. */
export const bareStageReceipt = z.strictObject(stageReceiptBody)

export const stageReceipt = jobScope('stage_receipt', stageReceiptBody)

const check = z.strictObject({
  status: z.enum(['ok', 'modified', 'not_checked']),
  source_tree_hash: sha256Hex.nullable(),
  changed: z.array(z.strictObject({path: text, change: z.enum(['added', 'modified', 'removed'])})),
})

/** The source, hashed again. */
export const stageVerification = jobScope('stage_verification', {after_stage: check, after_run: check})

export const toolchain = jobScope('toolchain', {
  toolchain: toolchainInfo,
  requested: z.strictObject({path: text.nullable(), require_version: text.nullable(), require_build: text.nullable()}),
  tools: z.record(text, text),
  warnings: names,
})

export const destination = jobScope('destination', {
  requested: z.array(destinationRequest),
  resolved: z.array(resolvedDestination),
  /** One per resolved destination; `null` where no device is involved. */
  udid: z.array(text.nullable()),
  created: flag,
  boot_seconds: seconds.nullable(),
  cleanup: z.strictObject({
    outcome: z.enum(['none', 'shut_down', 'deleted', 'failed', 'not_checked']),
    detail: text.nullable(),
  }),
  warnings: names,
})

/** The machine around the job; no value of any variable. */
export const environment = jobScope('environment', {
  os: z.strictObject({name: text, version: text, build: text, arch: text, kernel: text}),
  locale: text,
  timezone: text,
  cpu_count: count,
  memory_bytes: count,
  disk_free_bytes: count,
  disk_total_bytes: count,
  runtimes: z.array(runtimeItem),
  services: z.strictObject({
    gui_session: flag.nullable(),
    core_simulator: z.enum(['ok', 'broken', 'absent', 'not_checked']),
    resident_agent: flag,
  }),
})

/** Names only. */
export const executorEnv = jobScope('executor_env', {passed_keys: names, dropped_keys: names, overrides: names})

/** What was really started. */
export const backendInvocation = jobScope('backend_invocation', {
  backend: z.strictObject({id: text, version: text.nullable()}),
  invocations: z.array(
    z.strictObject({
      argv: names.nullable(),
      mcp_request: z.record(text, z.unknown()).nullable(),
      cwd: text,
      env_names: names,
      started_at: timestamp.nullable(),
      pid: count.nullable(),
      pgid: count.nullable(),
      exit_code: z.int().nullable(),
      term_signal: text.nullable(),
    }),
  ),
  paths: z.strictObject({
    source: text,
    derived_data: text,
    result_bundle: text,
    cloned_packages: text.nullable(),
    work: text,
  }),
})

export const metrics = jobScope('metrics', {
  phases: z.array(z.strictObject({phase: text, wall_seconds: seconds, cpu_seconds: seconds.nullable()})),
  peak_rss_bytes: count.nullable(),
  disk_bytes: count.nullable(),
  queue_seconds: seconds,
  queue_position: count.nullable(),
  log_bytes: count,
  event_bytes: count,
  event_count: count,
  caches: z.array(
    z.strictObject({
      kind: z.enum(['slot', 'derived_data', 'spm', 'compilation', 'result']),
      namespace: text,
      key: z.record(text, text),
      hit: flag,
      bytes: count.nullable(),
      seconds: seconds.nullable(),
      /** Relative to the worker's cache root. */
      path: relativePath,
    }),
  ),
})

/** What was hidden, by rule, and what could not be. */
export const redactionReport = jobScope('redaction_report', {
  enabled: flag,
  rules: z.array(z.strictObject({name: text, source: z.enum(['built_in', 'value', 'profile']), replacements: count})),
  skipped: z.array(z.strictObject({name: text, reason: text})),
  /** Files of the set that cannot be redacted. */
  unredacted: z.array(relativePath),
})

export const networkPolicy = jobScope('network_policy', {
  mode: z.enum(['allow_all', 'deny_all', 'allowlist']),
  allow: names,
  enforcement: z.enum(['none', 'sandbox_exec', 'network_namespace']),
  status: z.enum(['applied', 'failed', 'not_checked']),
  detail: text.nullable(),
})

/** What `build-for-testing` made; the files themselves are kept as blobs. */
export const products = jobScope('products', {
  products_sha256: sha256Hex,
  tree_path: relativePath,
  xctestrun: z.array(relativePath),
  toolchain: toolchainInfo,
  source_tree_hash: sha256Hex,
})
