import {z} from 'zod'
import {capabilitiesBody} from './capabilities.ts'
import {
  actionName,
  count,
  errorCode,
  errorItem,
  flag,
  identifier,
  names,
  ordinal,
  relativePath,
  seconds,
  sha256Hex,
  stagerName,
  text,
  timestamp,
} from './fields.ts'
import {noScope, runScope} from './header.ts'
import {STEP_STATES} from '../states.ts'

const stepHead = {index: count, action: actionName, job_id: identifier.nullable()}

/** Written before anything executes; a resumed run follows it to the letter. */
export const runPlan = runScope('run_plan', {
  profile: text,
  worker: text,
  worker_host: text.nullable(),
  capabilities_sha256: sha256Hex,
  protocol_version: ordinal,
  source_tree_hash: sha256Hex,
  config_hash: sha256Hex,
  continue_on_failure: flag,
  steps: z
    .array(
      z.strictObject({
        index: count,
        action: actionName,
        job_id: identifier,
        /** `null` where it depends on the products of an earlier step. */
        job_key: sha256Hex.nullable(),
        /** Index of the step whose products this one tests, or the job named on the command line. */
        products_from: z.union([count, identifier]).exactOptional(),
        carried_from_job_id: identifier.exactOptional(),
      }),
    )
    .min(1),
})

/** The notebook's table of contents. Paths are relative to the document. */
export const runIndex = runScope('run_index', {
  documents: z.record(text, relativePath),
  steps: z.array(
    z.strictObject({
      ...stepHead,
      job_index_path: relativePath.nullable(),
      job_index_sha256: sha256Hex.nullable(),
      summary_path: relativePath,
      state: z.enum(STEP_STATES),
    }),
  ),
  imported_from: z.strictObject({attempt: ordinal, host: text, bundle_sha256: sha256Hex}).exactOptional(),
})

/** Which workers were looked at, and why this one. */
export const workerSelection = runScope('worker_selection', {
  mode: z.enum(['deterministic', 'least_busy', 'warm_cache', 'adaptive', 'random']),
  seed: text.nullable(),
  constraints: z.strictObject({
    worker: text.nullable(),
    require_tags: names,
    min_macos: text.nullable(),
    min_disk_free_bytes: count.nullable(),
    disallow_degraded: flag,
    xcode_version: text.nullable(),
    xcode_build: text.nullable(),
    backend: text,
    required_features: names,
  }),
  candidates: z.array(
    z.strictObject({
      name: text,
      source: z.enum(['cached', 'probed', 'unreachable']),
      snapshot_age_seconds: seconds.nullable(),
      capabilities_sha256: sha256Hex.nullable(),
      eligible: flag,
      excluded_by: z.array(errorCode),
      score: z.number().nullable(),
      reasons: names,
    }),
  ),
  chosen: text.nullable(),
})

/** What went over the wire to make the source be there. */
export const staging = runScope('staging', {
  stager: stagerName,
  upload_id: identifier,
  files_total: count,
  bytes_total: count,
  files_changed: count,
  files_sent: count,
  bytes_sent: count,
  wire_bytes: count,
  excludes: z.array(z.strictObject({pattern: text, origin: text, files: count})),
  durations: z.strictObject({snapshot_seconds: seconds, query_seconds: seconds, upload_seconds: seconds}),
  retries: count,
  tool_versions: z.record(text, text),
})

/** Where the host's time and bytes went. */
export const runMetrics = runScope('run_metrics', {
  phases: z.array(z.strictObject({phase: text, started_at: timestamp, wall_seconds: seconds})),
  connections: count,
  reconnects: count,
  bytes_sent: count,
  bytes_received: count,
  queue_seconds: seconds,
  peak_rss_bytes: count.nullable(),
})

/** The snapshot: one document for all steps, uploaded before any job exists. */
export const sourceManifest = noScope('source_manifest', {
  source_tree_hash: sha256Hex,
  entries: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({path: text, type: z.literal('file'), mode: z.enum(['100644', '100755']), bytes: count, sha256: sha256Hex}),
      z.strictObject({path: text, type: z.literal('symlink'), mode: z.literal('120000'), link_target: text}),
    ]),
  ),
})

/** A probe's answer as it was used: of a job in its sealed set, of a run in the notebook. */
export const capabilities = noScope('capabilities', {
  run_id: sha256Hex,
  attempt: ordinal,
  job_id: identifier.exactOptional(),
  job_key: sha256Hex.exactOptional(),
  host_id: identifier.exactOptional(),
  ...capabilitiesBody,
})

/** The check of the host's own signature over a run. */
export const provenanceVerification = runScope('provenance_verification', {
  verified: z.enum(['valid', 'invalid', 'unsigned', 'not_checked']),
  key_fingerprint: text.nullable(),
  subjects: z.array(z.strictObject({name: relativePath, sha256: sha256Hex, match: flag})),
  checked_at: timestamp,
  errors: z.array(errorItem),
})
