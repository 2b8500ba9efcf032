import {z} from 'zod'
import {workerIdentity} from './capabilities.ts'
import {
  backendChoice,
  base64,
  hostClaim,
  identifier,
  ordinal,
  pluginItem,
  posture,
  semver,
  sha256Hex,
  text,
  timestamp,
  transportClaim,
  vcs,
} from './fields.ts'
import {resolvedDestination, toolchainInfo} from './kinds/xcodebuild.ts'

const subject = z.array(z.strictObject({name: text, digest: z.strictObject({sha256: sha256Hex})})).min(1)

const predicate = z.strictObject({
  job_id: identifier,
  job_key: sha256Hex,
  run_id: sha256Hex,
  attempt: ordinal,
  repo_key: z.string().regex(/^[0-9a-f]{32}$/),
  lane_version: semver,
  contract_version: semver,
  sealed_at: timestamp,
  vcs,
  source_tree_hash: sha256Hex,
  job_request_sha256: sha256Hex,
  toolchain: toolchainInfo,
  destinations: z.array(resolvedDestination),
  worker: workerIdentity,
  capabilities_sha256: sha256Hex,
  harness: z.strictObject({version: semver, sha256: sha256Hex}),
  tools: z.record(text, text),
  backend: backendChoice,
  plugins: z.array(pluginItem),
  classifier_policy_sha256: sha256Hex,
  /** The host's claims about itself and the way it came, as the request made them. */
  host: hostClaim,
  transport: transportClaim,
  posture,
})

/** `attestation.json`: what was built where, by whom and from what, bound to the manifest. */
export const attestation = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject,
  predicateType: z.literal('rch-xcode/attestation@1'),
  predicate,
})

/** The host's statement about a whole run. */
export const provenance = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject,
  predicateType: z.literal('rch-xcode/provenance@1'),
  predicate: z.strictObject({
    run_id: sha256Hex,
    attempt: ordinal,
    host: hostClaim,
    source_tree_hash: sha256Hex,
    config_hash: sha256Hex,
    signed_at: timestamp,
  }),
})

/** A DSSE envelope; its payload is exactly the statement's bytes. */
export const dsseEnvelope = z.strictObject({
  payloadType: z.literal('application/vnd.in-toto+json'),
  payload: base64,
  signatures: z.array(z.strictObject({keyid: text, sig: base64})).min(1),
})
