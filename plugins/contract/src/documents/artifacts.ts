import {z} from 'zod'
import {artifactProfile, count, errorItem, relativePath, sha256Hex, storePlace, text, timestamp} from './fields.ts'
import {jobScope, stepScope} from './header.ts'

export const sensitivity = z.enum(['public', 'internal', 'redacted', 'unredacted'])

const entry = z.strictObject({
  path: relativePath,
  type: z.enum(['file', 'directory']),
  bytes: count,
  /** Of a directory its tree hash. */
  sha256: sha256Hex,
  artifact_type: text,
  content_type: text,
  encoding: text.nullable(),
  compression: z.enum(['none', 'zstd']),
  compression_level: z.int().nullable(),
  logical_name: text,
  sensitivity,
  storage: storePlace,
  uri: text.nullable(),
})

/** Every file of the set but itself, the attestation and the index; sorted by path. */
export const manifest = jobScope('manifest', {
  artifact_root_sha256: sha256Hex,
  zstd_version: text.nullable(),
  entries: z.array(entry),
})

/** The commit marker: it exists once everything else is durable. */
export const jobIndex = jobScope('job_index', {
  artifact_profile: artifactProfile,
  /** Document name to path. */
  documents: z.record(text, relativePath),
  manifest_sha256: sha256Hex,
  attestation_sha256: sha256Hex,
  attestation_sig_sha256: sha256Hex.nullable(),
  job_index_sha256: sha256Hex,
})

/** Where the host's copy of each file is, and what an upload returned. */
export const storage = stepScope('storage', {
  store: storePlace,
  provider: text.nullable(),
  entries: z.array(
    z.strictObject({
      path: relativePath,
      sha256: sha256Hex,
      bytes: count,
      storage: storePlace,
      uri: text.nullable(),
      uploaded_at: timestamp.nullable(),
      detail: text.nullable(),
    }),
  ),
  errors: z.array(errorItem),
})

/** The entries of one directory artifact, whose tree hash its manifest entry carries. */
export const artifactTree = jobScope('artifact_tree', {
  path: relativePath,
  tree_sha256: sha256Hex,
  entries: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({path: text, type: z.literal('file'), mode: z.enum(['100644', '100755']), bytes: count, sha256: sha256Hex}),
      z.strictObject({path: text, type: z.literal('symlink'), mode: z.literal('120000'), link_target: text}),
    ]),
  ),
})

export const attestationVerification = stepScope('attestation_verification', {
  verified: z.enum(['valid', 'invalid', 'unsigned', 'not_checked']),
  key_fingerprint: text.nullable(),
  pin: text.nullable(),
  pin_source: text.nullable(),
  subject_match: z.enum(['match', 'mismatch', 'not_checked']),
  checked_at: timestamp,
  errors: z.array(errorItem),
})
