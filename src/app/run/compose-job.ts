import {hostname, userInfo} from 'node:os'
import {CONTRACT_VERSION, LANE_VERSION, type Connection} from '@rch/contract'
import {documentHead, type Document, type HostClaim, type Inputs, type JobRequest, type Vcs} from '@rch/contract/documents'
import {jobRequestSha256, repoKey, sha256, uuidv7} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {configSources} from '../../domain/config/config-sources.ts'
import type {StepIdentity} from '../../domain/plan/run-identity.ts'
import {contractDigest} from '../../infra/contract-digest.ts'
import type {Lane} from '../lane.ts'
import type {AcceptedStep, GateRequest} from './gate-request.ts'
import type {Candidate} from './select-worker.ts'

/** What all jobs of a run share. */
export interface RunFacts {
  readonly request: GateRequest
  readonly inputs: Inputs
  readonly config_hash: string
  readonly run_id: string
  readonly attempt: number
  readonly namespace: string
  readonly source: {readonly tree_hash: string; readonly manifest_sha256: string; readonly manifest_bytes: number; readonly entries: number}
  readonly vcs: Vcs
  readonly upload_id: string
  readonly candidate: Candidate
  readonly lease: {readonly lease_id: string; readonly fence: number}
  readonly connection: Connection
}

/** How long a request may be on its way. */
export const VALID_FOR_MS = 300_000

/** The request that carries one step to the worker: the job itself, how it was decided, who sends it, and until when it holds. */
export function composeJobRequest(
  lane: Lane,
  facts: RunFacts,
  accepted: AcceptedStep,
  index: number,
  jobId: string,
  identity: StepIdentity,
): JobRequest {
  const {request, run_id, attempt} = facts
  const {profile, config} = request
  const ids = {run_id, attempt, job_id: jobId, job_key: identity.job_key}
  const policyDigest = sha256(canonicalJson(policyDocument(request)))
  const now = Date.now()
  const features = requiredFeatures(request)
  const job: Document<'job'> = {
    ...documentHead('job'),
    ...ids,
    index,
    job_kind: request.kind,
    action: accepted.step.action,
    repo_key: repoKey(lane.repository),
    source_tree_hash: facts.source.tree_hash,
    config_hash: facts.config_hash,
    job_key_inputs: identity.job_key_inputs,
    slot_key: identity.slot_key,
    cacheable: identity.cacheable,
    cache: {namespace: facts.namespace, trust_domain: profile.cache.trust_domain, posture: profile.trust.posture},
    effective_config: effectiveConfig(lane, facts),
    timeouts: {
      timeout_seconds: profile.timeout_seconds,
      idle_timeout_seconds: profile.idle_timeout_seconds,
      abandon_after_seconds: request.detach ? 0 : profile.worker.abandon_after_seconds,
    },
    limits: profile.limits,
    artifact_profile: profile.artifact_profile,
    required_features: features,
    classifier_policy_sha256: policyDigest,
  }
  const body: JobRequest = {
    ...documentHead('job_request'),
    ...ids,
    protocol_version: facts.candidate.fit.protocolVersion,
    contract_version: CONTRACT_VERSION,
    contract_sha256: contractDigest(),
    job,
    invocation: {
      ...documentHead('invocation'),
      ...ids,
      original: accepted.original.text,
      original_argv: accepted.original.argv === null ? null : [...accepted.original.argv],
      sanitized_argv: [...accepted.step.sanitized_argv],
      accepted_action: accepted.step.action,
      rejected_flags: [],
      dropped: accepted.decision.dropped.map((word) => ({...word})),
      classifier_policy_sha256: policyDigest,
    },
    classifier_policy: policyDocument(request),
    decision: {
      ...documentHead('decision'),
      ...ids,
      entrance: request.entrance,
      verdict: accepted.decision.verdict,
      error_code: null,
      errors: [],
      codes: [...accepted.decision.codes],
      tokens: accepted.decision.tokens.map((token) => ({...token})),
      reason: accepted.decision.reason,
      hint: accepted.decision.hint,
      job_kind: request.kind,
      profile: profile.name,
      posture: {value: config.posture.value, reason: config.posture.reason},
      worker: facts.candidate.worker.name,
      pinned: {
        host_key: facts.connection.peer.verified === 'pinned' || facts.connection.peer.verified === 'ca',
        harness: facts.candidate.worker.expected_harness_sha256 !== null,
        destination: identity.job_key_inputs.destinations.every(
          (destination) =>
            destination.generic || destination.sim_runtime_identifier !== null || !destination.platform.endsWith(' Simulator'),
        ),
      },
      classifier_policy_sha256: policyDigest,
    },
    source_manifest: {sha256: facts.source.manifest_sha256, bytes: facts.source.manifest_bytes, entries: facts.source.entries},
    host: hostClaim(lane),
    vcs: facts.vcs,
    transport: {
      id: facts.candidate.worker.transport,
      host_key_fingerprint: facts.connection.peer.host_key_fingerprint,
      verified: facts.connection.peer.verified,
    },
    stage: {stager: 'cas', source_tree_hash: facts.source.tree_hash, upload_id: facts.upload_id},
    lease_id: facts.lease.lease_id,
    fence: facts.lease.fence,
    required_features: features,
    nonce: uuidv7(now),
    issued_at: new Date(now).toISOString(),
    expires_at: new Date(now + VALID_FOR_MS).toISOString(),
    audience: facts.candidate.capabilities.identity.worker_id,
    ...(request.traceId === null ? {} : {trace_id: request.traceId}),
    job_request_sha256: '0'.repeat(64),
  }
  return {...body, job_request_sha256: jobRequestSha256(body)}
}

/** The whole policy that a command was judged under, as it is kept: the repository's place on this host is nobody's business. */
export function policyDocument(request: Pick<GateRequest, 'policy'>): Document<'classifier_policy'> {
  return {...request.policy, env_allow: [...request.policy.env_allow], allow_settings: [...request.policy.allow_settings], repo_root: '.'}
}

export function requiredFeatures({
  profile,
}: Pick<GateRequest, 'profile'>): (
  | 'lease'
  | 'cas'
  | 'bundle'
  | 'rsync'
  | 'event_hash_chain'
  | 'isolated'
  | 'warm_slots'
  | 'network_policy'
)[] {
  const features: ReturnType<typeof requiredFeatures> = [
    profile.source.stager,
    'lease',
    profile.workspace_mode.mode === 'isolated' ? 'isolated' : 'warm_slots',
  ]
  if (profile.integrity.event_hash_chain) features.push('event_hash_chain')
  if (profile.network.mode !== 'allow_all') features.push('network_policy')
  return features.toSorted()
}

function hostClaim(lane: Lane): HostClaim {
  return {host_id: lane.hostId, name: hostname(), user: userInfo().username, lane_version: LANE_VERSION, plugins: []}
}

function effectiveConfig(lane: Lane, facts: RunFacts): Document<'job'>['effective_config'] {
  const {profile, layers} = facts.request
  const {worker, fit} = facts.candidate
  const {
    name,
    artifact_profile,
    continue_on_failure,
    timeout_seconds,
    idle_timeout_seconds,
    limits,
    xcode,
    classifier,
    artifacts,
    trust,
    integrity,
    retry,
    provenance,
    reports,
    repro,
  } = profile
  const {stager, max_bytes, max_file_bytes, verify_after_stage, verify_after_run} = profile.source
  const configs = facts.inputs.destinations.map((resolved) =>
    profile.destinations.find((config) => config.platform === resolved.platform && config.name === resolved.name),
  )
  const {posture: _, ...requirements} = trust
  return {
    inputs: facts.inputs,
    resolved: {
      profile: name,
      worker: {
        name: worker.name,
        host: worker.host,
        transport: {
          id: worker.transport,
          host_key_fingerprint: facts.connection.peer.host_key_fingerprint,
          verified: facts.connection.peer.verified,
        },
      },
      developer_dir: fit.toolchain.developer_dir,
      xcode_version: fit.toolchain.xcode_version,
      udids: configs.map((config) => config?.udid ?? null),
      device_choice: configs.map((config) => ({on_multiple: config?.on_multiple ?? 'error', selector: config?.selector ?? 'highest_udid'})),
      lease_id: facts.lease.lease_id,
      vcs: facts.vcs,
      settings: {
        artifact_profile,
        continue_on_failure,
        timeouts: {timeout_seconds, idle_timeout_seconds, abandon_after_seconds: profile.worker.abandon_after_seconds},
        limits,
        xcode,
        worker: {...profile.worker, require_tags: [...profile.worker.require_tags]},
        workspace: profile.workspace_mode,
        classifier: {drop_owned_paths: classifier.drop_owned_paths, allow_settings: [...classifier.allow_settings]},
        staging: {stager, max_bytes, max_file_bytes, verify_after_stage, verify_after_run},
        artifacts: {...artifacts, object_store: {...artifacts.object_store}},
        trust: requirements,
        integrity,
        retry: {...retry, retry_on: [...retry.retry_on]},
        provenance,
        reports,
        repro,
      },
    },
    sources: configSources({repository: lane.files.repository, host: lane.files.host, flags: layers.flags, command: layers.command}).map(
      (source) => ({...source}),
    ),
    redactions: [],
  }
}
