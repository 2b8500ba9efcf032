import {z} from 'zod'
import {CACHE_NAMESPACE} from '../identity/repository.ts'
import {isSortedSet} from '../text/sorted-set.ts'
import {count, flag, nameSet, ordinal, postureName, semver, sha256Hex, text} from './fields.ts'
import {xcodebuildKind} from './kinds/xcodebuild.ts'

/** The policy tables that are hashed: each key present, each with its effective value. */

const cache = z.strictObject({
  derived_data: z.enum(['off', 'per_job', 'shared']),
  spm: z.enum(['off', 'shared']),
  result: z.enum(['off', 'read', 'read_write']),
  compilation: z.enum(['off', 'local']),
  mode: z.enum(['off', 'read_only', 'read_write']),
  trust_domain: z.enum(['shared', 'per_repo', 'per_profile', 'per_repo_and_posture']),
  namespace: z.string().regex(CACHE_NAMESPACE).nullable(),
  promote_on_failure: flag,
  allow_untrusted_reads: flag,
})

const envValues = z
  .array(z.strictObject({name: text, value_sha256: sha256Hex.nullable()}))
  .refine((values) => isSortedSet(values.map(({name}) => name)), {error: 'must be sorted by name, without duplicates'})

const network = z.strictObject({mode: z.enum(['allow_all', 'deny_all', 'allowlist']), allow: nameSet})

const simulator = z.strictObject({
  strategy: z.enum(['shared_prebooted', 'per_job']),
  erase_on_start: flag,
  shutdown_on_end: flag,
  device_set: z.enum(['shared', 'per_job']),
  boot_timeout_seconds: ordinal,
})

const source = z.strictObject({
  mode: z.enum(['vcs', 'working_tree']),
  require_clean: flag,
  include_untracked: flag,
  include: nameSet,
  excludes: nameSet,
  symlinks: z.enum(['forbid', 'allow_safe']),
  hardlinks: z.enum(['forbid', 'allow']),
  submodules: z.enum(['forbid', 'include']),
  lfs: z.enum(['require', 'pointers']),
  read_only: flag,
})

const signing = {code_signing_allowed: flag, simulator_signing: z.enum(['none', 'adhoc'])}

const xcodebuildInputs = z.strictObject({
  contract_version: semver,
  kind: z.literal(xcodebuildKind.id),
  steps: z.array(z.strictObject({index: count, action: xcodebuildKind.action, model: xcodebuildKind.model, fresh_workspace: flag})).min(1),
  destinations: z.array(xcodebuildKind.destination),
  toolchain: xcodebuildKind.inputsToolchain,
  posture: postureName,
  backend: z.strictObject({preferred: text, allow_fallback: flag}),
  safety: z.strictObject({allow_mutating: flag, ...signing}),
  determinism: z.strictObject({allow_floating_destination: flag}),
  cache,
  env: z.strictObject({allow: nameSet, strict: flag, include_value_fingerprints: flag, values: envValues}),
  redaction: z.strictObject({enabled: flag, patterns: nameSet}),
  network,
  simulator,
  source,
})

/** What a run means: the preimage of `config_hash` and `run_id`. No key is optional; no value is `null`. */
export const inputs = z.discriminatedUnion('kind', [xcodebuildInputs])

const xcodebuildJobKeyInputs = z.strictObject({
  contract_version: semver,
  kind: z.literal(xcodebuildKind.id),
  source_tree_hash: sha256Hex,
  resolved_argv: z.array(text).min(1),
  toolchain: xcodebuildKind.jobKeyToolchain,
  policy: z.strictObject({...signing, network, simulator, posture: postureName}),
  destinations: z.array(xcodebuildKind.destination),
  env: envValues,
  products_sha256: sha256Hex.exactOptional(),
})

/** What a job's outcome depends on: the bytes of `job_key_inputs.json` are its canonical form, `job_key` their digest. */
export const jobKeyInputs = z.discriminatedUnion('kind', [xcodebuildJobKeyInputs])
