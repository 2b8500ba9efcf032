import {LANE_VERSION, CONTRACT_VERSION} from '@rch/contract'
import {documentHead, type Document, type DocumentName} from '@rch/contract/documents'
import {AT, FINGERPRINT, HEX, JOB_IDS, NOW, REPO_KEY, RUN_IDS} from './identities.ts'
import {TOOLCHAIN} from './inputs.ts'
import {RESOLVED} from './model.ts'
import {FAILURE, subject} from './outcome.ts'
import {BACKEND, HOST, POSTURE, TRANSPORT, VCS, capabilities} from './parties.ts'
import {entries} from './request-documents.ts'

/** What seals a job and vouches for it. */
export const SEAL_DOCUMENTS = {
  artifact_tree: {...documentHead('artifact_tree', AT), ...JOB_IDS, path: 'result.xcresult', tree_sha256: HEX('a'), entries},
  manifest: {
    ...documentHead('manifest', AT),
    ...JOB_IDS,
    artifact_root_sha256: HEX('a'),
    zstd_version: null,
    entries: [
      {
        path: 'build.log',
        type: 'file',
        bytes: 10,
        sha256: HEX('a'),
        artifact_type: 'log',
        content_type: 'text/plain',
        encoding: 'utf-8',
        compression: 'none',
        compression_level: null,
        logical_name: 'build.log',
        sensitivity: 'redacted',
        storage: 'host',
        uri: null,
      },
    ],
  },
  attestation: {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'rch-xcode/attestation@1',
    predicate: {
      ...JOB_IDS,
      repo_key: REPO_KEY,
      lane_version: LANE_VERSION,
      contract_version: CONTRACT_VERSION,
      sealed_at: NOW,
      vcs: VCS,
      source_tree_hash: HEX('5'),
      job_request_sha256: HEX('c'),
      toolchain: TOOLCHAIN,
      destinations: [RESOLVED],
      worker: capabilities.identity,
      capabilities_sha256: HEX('d'),
      harness: {version: LANE_VERSION, sha256: HEX('c')},
      tools: {xcresulttool: '23500'},
      backend: BACKEND,
      plugins: [{name: '@rch/backend-xcodebuild', version: LANE_VERSION}],
      classifier_policy_sha256: HEX('9'),
      host: HOST,
      transport: TRANSPORT,
      posture: POSTURE,
    },
  },
  dsse_envelope: {payloadType: 'application/vnd.in-toto+json', payload: 'AAAA', signatures: [{keyid: FINGERPRINT, sig: 'AAAA'}]},
  job_index: {
    ...documentHead('job_index', AT),
    ...JOB_IDS,
    artifact_profile: 'minimal',
    documents: {summary: 'summary.json', manifest: 'manifest.json'},
    manifest_sha256: HEX('a'),
    attestation_sha256: HEX('b'),
    attestation_sig_sha256: null,
    job_index_sha256: HEX('c'),
  },
  attestation_verification: {
    ...documentHead('attestation_verification', AT),
    ...JOB_IDS,
    verified: 'valid',
    key_fingerprint: FINGERPRINT,
    pin: FINGERPRINT,
    pin_source: 'workers.toml',
    subject_match: 'match',
    checked_at: NOW,
    errors: [FAILURE],
  },
  storage: {
    ...documentHead('storage', AT),
    ...JOB_IDS,
    store: 'host',
    provider: null,
    entries: [{path: 'build.log', sha256: HEX('a'), bytes: 10, storage: 'host', uri: null, uploaded_at: null, detail: null}],
    errors: [],
  },
  provenance: {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'rch-xcode/provenance@1',
    predicate: {run_id: JOB_IDS.run_id, attempt: 1, host: HOST, source_tree_hash: HEX('5'), config_hash: HEX('6'), signed_at: NOW},
  },
  provenance_verification: {
    ...documentHead('provenance_verification', AT),
    ...RUN_IDS,
    verified: 'not_checked',
    key_fingerprint: null,
    subjects: [{name: 'run_summary.json', sha256: HEX('a'), match: true}],
    checked_at: NOW,
    errors: [],
  },
} satisfies {readonly [N in DocumentName]?: Document<N>}
