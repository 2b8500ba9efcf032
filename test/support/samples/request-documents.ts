import {CONTRACT_VERSION} from '@rch/contract'
import {documentHead, type Document, type DocumentName} from '@rch/contract/documents'
import {EFFECTIVE_CONFIG, LIMITS, TIMEOUTS} from './effective-config.ts'
import {AT, FINGERPRINT, HEX, JOB_IDS, LEASE_ID, NOW, REPO_KEY, UPLOAD_ID} from './identities.ts'
import {ENV_VALUES, JOB_KEY_TOOLCHAIN, NETWORK, SIMULATOR} from './inputs.ts'
import {RESOLVED} from './model.ts'
import {HOST, POSTURE, TRANSPORT, VCS, capabilities} from './parties.ts'

const TOKEN = {text: 'test', start: 11, end: 15, role: 'constrained', key: 'action', code: null, note: null} as const

const job = {
  ...documentHead('job', AT),
  ...JOB_IDS,
  index: 0,
  job_kind: 'xcodebuild',
  action: 'test',
  repo_key: REPO_KEY,
  source_tree_hash: HEX('5'),
  config_hash: HEX('6'),
  job_key_inputs: {
    contract_version: CONTRACT_VERSION,
    kind: 'xcodebuild',
    source_tree_hash: HEX('5'),
    resolved_argv: ['xcodebuild', 'test', '-scheme', 'App'],
    toolchain: JOB_KEY_TOOLCHAIN,
    policy: {code_signing_allowed: false, simulator_signing: 'none', network: NETWORK, simulator: SIMULATOR, posture: 'trusted'},
    destinations: [RESOLVED],
    env: ENV_VALUES,
    products_sha256: HEX('7'),
  },
  slot_key: HEX('8'),
  cacheable: true,
  cache: {namespace: `ns_${'0'.repeat(40)}`, trust_domain: 'per_repo', posture: 'trusted'},
  effective_config: EFFECTIVE_CONFIG,
  timeouts: TIMEOUTS,
  limits: LIMITS,
  artifact_profile: 'minimal',
  required_features: ['cas', 'lease'],
  classifier_policy_sha256: HEX('9'),
} satisfies Document<'job'>

const decision = {
  ...documentHead('decision', AT),
  ...JOB_IDS,
  entrance: 'run',
  verdict: 'accept',
  error_code: null,
  errors: [],
  codes: [],
  tokens: [TOKEN],
  reason: null,
  hint: null,
  job_kind: 'xcodebuild',
  profile: 'ci',
  posture: POSTURE,
  worker: 'mini-1',
  pinned: {host_key: true, harness: false, destination: null},
  classifier_policy_sha256: HEX('9'),
} satisfies Document<'decision'>

const invocation = {
  ...documentHead('invocation', AT),
  ...JOB_IDS,
  original: 'xcodebuild test -scheme App',
  original_argv: ['xcodebuild', 'test', '-scheme', 'App'],
  sanitized_argv: ['xcodebuild', 'test', '-scheme', 'App'],
  accepted_action: 'test',
  rejected_flags: [],
  dropped: [{option: '-resultBundlePath', value: 'out.xcresult', note: 'delivered there by the host'}],
  classifier_policy_sha256: HEX('9'),
} satisfies Document<'invocation'>

const classifier_policy = {
  repo_root: '/home/dev/app',
  posture: 'trusted',
  local_xcode: false,
  env_allow: ['CI'],
  allow_settings: [],
  drop_owned_paths: false,
  allow_mutating: false,
  developer_dir: null,
} satisfies Document<'classifier_policy'>

export const entries = [
  {path: 'App/main.swift', type: 'file', mode: '100644', bytes: 12, sha256: HEX('e')},
  {path: 'App/link', type: 'symlink', mode: '120000', link_target: 'main.swift'},
] as const

/** What a worker is asked for. */
export const REQUEST_DOCUMENTS = {
  job,
  job_request: {
    ...documentHead('job_request', AT),
    ...JOB_IDS,
    protocol_version: 1,
    contract_version: CONTRACT_VERSION,
    contract_sha256: HEX('b'),
    job,
    invocation,
    classifier_policy,
    decision,
    source_manifest: {sha256: HEX('a'), bytes: 300, entries: 2},
    host: HOST,
    vcs: VCS,
    transport: TRANSPORT,
    stage: {stager: 'cas', source_tree_hash: HEX('5'), source_sha256: HEX('a'), upload_id: UPLOAD_ID},
    lease_id: LEASE_ID,
    fence: 7,
    required_features: ['cas', 'lease'],
    nonce: '019b7c1e-0000-7000-8000-0000000000ee',
    issued_at: NOW,
    expires_at: NOW,
    audience: capabilities.identity.worker_id,
    trace_id: 'trace-1',
    job_request_sha256: HEX('c'),
    job_request_signature: {algorithm: 'ed25519', key_id: FINGERPRINT, signature_base64: 'AAAA'},
  },
  job_key_inputs: job.job_key_inputs,
  effective_config: {...documentHead('effective_config', AT), ...JOB_IDS, ...EFFECTIVE_CONFIG},
  decision,
  invocation,
  classifier_policy,
  source_manifest: {...documentHead('source_manifest', AT), source_tree_hash: HEX('5'), entries},
} satisfies {readonly [N in DocumentName]?: Document<N>}
