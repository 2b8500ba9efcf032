import type {JobRequest} from '../documents/types.ts'
import {canonicalJson} from '../json/canonical.ts'
import {sha256} from './hash.ts'
import {configHash, jobKey, jobRequestSha256, runId, slotKey, toolchainKey} from './job.ts'

/** One claim of a request that does not follow from the rest of it. */
export interface IdentityMismatch {
  /** Path inside `job_request.json`. */
  readonly field: string
  readonly claimed: string
  readonly computed: string
}

/**
 * Recomputes everything in a job request that is derived from something else in it: digests, keys, and the values that stand
 * twice. Empty when the request tells one story. Pure; the request has passed its schema.
 */
export function identityMismatches(request: JobRequest): readonly IdentityMismatch[] {
  const claims: Claim[] = [...digests(request), ...repeatedIds(request), ...repeatedValues(request)]
  return claims.filter(([, claimed, computed]) => claimed !== computed).map(([field, claimed, computed]) => ({field, claimed, computed}))
}

type Claim = readonly [field: string, claimed: string, computed: string]

function digests(request: JobRequest): readonly Claim[] {
  const {job} = request
  const {inputs} = job.effective_config
  const policy = sha256(canonicalJson(request.classifier_policy))
  return [
    ['job_request_sha256', request.job_request_sha256, jobRequestSha256(request)],
    ['job_key', request.job_key, jobKey(job.job_key_inputs)],
    ['run_id', request.run_id, runId(inputs, job.source_tree_hash)],
    ['job.config_hash', job.config_hash, configHash(inputs)],
    ['job.slot_key', job.slot_key, slotKeyOf(request)],
    ['job.classifier_policy_sha256', job.classifier_policy_sha256, policy],
    ['invocation.classifier_policy_sha256', request.invocation.classifier_policy_sha256, policy],
    ['decision.classifier_policy_sha256', request.decision.classifier_policy_sha256 ?? policy, policy],
  ]
}

/** The embedded documents are those of this job and no other. */
function repeatedIds(request: JobRequest): readonly Claim[] {
  const documents = {job: request.job, invocation: request.invocation, decision: request.decision}
  return Object.entries(documents).flatMap(([name, document]) =>
    (['run_id', 'attempt', 'job_id', 'job_key'] as const).map((id): Claim => [`${name}.${id}`, String(document[id]), String(request[id])]),
  )
}

/** What the job's key holds is what the configuration says, for the step that the job is. */
function repeatedValues({job, stage}: JobRequest): readonly Claim[] {
  const {job_key_inputs: key, effective_config: config} = job
  const {inputs} = config
  const step = inputs.steps.find(({index}) => index === job.index)
  const {developer_dir, ...toolchain} = key.toolchain
  const policy = {
    code_signing_allowed: inputs.safety.code_signing_allowed,
    simulator_signing: inputs.safety.simulator_signing,
    network: inputs.network,
    simulator: inputs.simulator,
    posture: inputs.posture,
  }
  return [
    ['job.action', job.action, step?.action ?? `no step ${job.index}`],
    ['job.job_kind', job.job_kind, inputs.kind],
    ['job.job_key_inputs.kind', key.kind, inputs.kind],
    ['job.job_key_inputs.contract_version', key.contract_version, inputs.contract_version],
    ['job.job_key_inputs.source_tree_hash', key.source_tree_hash, job.source_tree_hash],
    ['stage.source_tree_hash', stage.source_tree_hash, job.source_tree_hash],
    ['job.job_key_inputs.toolchain', canonicalJson(toolchain), canonicalJson(inputs.toolchain)],
    ['job.job_key_inputs.toolchain.developer_dir', developer_dir, config.resolved.developer_dir],
    ['job.job_key_inputs.policy', canonicalJson(key.policy), canonicalJson(policy)],
    ['job.job_key_inputs.env', canonicalJson(key.env), canonicalJson(inputs.env.values)],
    ['job.cache.posture', job.cache.posture, inputs.posture],
    ...key.destinations.map((destination, index): Claim => {
      const text = canonicalJson(destination)
      const known = inputs.destinations.some((candidate) => canonicalJson(candidate) === text)
      return [`job.job_key_inputs.destinations.${index}`, text, known ? text : 'none of the configured ones']
    }),
  ]
}

function slotKeyOf({job}: JobRequest): string {
  const {inputs} = job.effective_config
  const step = inputs.steps.find(({index}) => index === job.index)
  if (step === undefined) return `no step ${job.index}`
  const {container, sdk, build_settings} = step.model
  return slotKey({container, sdk, build_settings, toolchain: toolchainKey(job.job_key_inputs.toolchain), source: inputs.source})
}
