import {z} from 'zod'
import {CACHE_NAMESPACE} from '../identity/repository.ts'
import {effectiveConfig, limits, timeouts} from './config.ts'
import {decision, invocation} from './decision.ts'
import {
  actionName,
  artifactProfile,
  base64,
  count,
  flag,
  hostClaim,
  identifier,
  names,
  ordinal,
  postureName,
  semver,
  sha256Hex,
  stagerName,
  text,
  timestamp,
  transportClaim,
  vcs,
} from './fields.ts'
import {jobScope} from './header.ts'
import {jobKeyInputs} from './inputs.ts'
import {classifierPolicy} from './policy.ts'

/** The deterministic job: what to do, under which identity, within which bounds. */
export const job = jobScope('job', {
  index: count,
  job_kind: text,
  action: actionName,
  repo_key: z.string().regex(/^[0-9a-f]{32}$/),
  source_tree_hash: sha256Hex,
  config_hash: sha256Hex,
  job_key_inputs: jobKeyInputs,
  slot_key: sha256Hex,
  cacheable: flag,
  cache: z.strictObject({
    namespace: z.string().regex(CACHE_NAMESPACE),
    trust_domain: z.enum(['shared', 'per_repo', 'per_profile', 'per_repo_and_posture']),
    posture: postureName,
  }),
  effective_config: effectiveConfig,
  timeouts,
  limits,
  artifact_profile: artifactProfile,
  required_features: names,
  classifier_policy_sha256: sha256Hex,
})

/** Everything that the worker learns from the host about a job; `job`, `invocation` and `decision` are whole documents. */
export const jobRequest = jobScope('job_request', {
  protocol_version: ordinal,
  contract_version: semver,
  contract_sha256: sha256Hex,
  job,
  invocation,
  classifier_policy: classifierPolicy,
  decision,
  source_manifest: z.strictObject({sha256: sha256Hex, bytes: count, entries: count}),
  host: hostClaim,
  vcs,
  transport: transportClaim,
  stage: z.strictObject({
    stager: stagerName,
    source_tree_hash: sha256Hex,
    source_sha256: sha256Hex.exactOptional(),
    upload_id: identifier,
  }),
  lease_id: identifier,
  fence: ordinal,
  required_features: names,
  nonce: identifier,
  issued_at: timestamp,
  expires_at: timestamp,
  audience: text,
  trace_id: text.exactOptional(),
  job_request_sha256: sha256Hex,
  job_request_signature: z.strictObject({algorithm: z.literal('ed25519'), key_id: text, signature_base64: base64}).exactOptional(),
})
