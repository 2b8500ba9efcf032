import {canonicalJson} from '../json/canonical.ts'
import {DOMAINS, hashCanonical, sha256} from './hash.ts'

/** What a run means: its hashed inputs, without the source. `inputs` are those of `effective_config.json`. */
export function configHash(inputs: object): string {
  return hashCanonical(DOMAINS.config, inputs)
}

/** The identity of a run: the same inputs on the same source, wherever and whenever. */
export function runId(inputs: object, sourceTreeHash: string): string {
  return sha256(DOMAINS.run, canonicalJson(inputs), '\n', sourceTreeHash)
}

/** The identity of one job; its preimage is exactly the bytes of `job_key_inputs.json`. */
export function jobKey(jobKeyInputs: object): string {
  return sha256(canonicalJson(jobKeyInputs))
}

export interface SlotKeyInputs {
  readonly container: {readonly type: string; readonly path: string}
  readonly sdk: string | null
  readonly build_settings: Readonly<Record<string, string>>
  /** The result of `toolchainKey`. */
  readonly toolchain: string
  readonly source: {readonly mode: string; readonly submodules: string; readonly lfs: string}
}

/** Names the warm workspace whose DerivedData fits; actions, schemes, destinations and configurations share one. */
export function slotKey({container, sdk, build_settings, toolchain, source}: SlotKeyInputs): string {
  return hashCanonical(DOMAINS.slot, {
    container: {type: container.type, path: container.path},
    sdk,
    build_settings,
    toolchain,
    source: {mode: source.mode, submodules: source.submodules, lfs: source.lfs},
  })
}

/** `xcode_<build>__macos_<major>__<arch>`: a macOS minor update keeps the caches on purpose. */
export function toolchainKey(toolchain: {readonly xcode_build: string; readonly macos_version: string; readonly arch: string}): string {
  const major = toolchain.macos_version.split('.')[0]
  const key = `xcode_${toolchain.xcode_build}__macos_${major}__${toolchain.arch}`
  if (!/^[A-Za-z0-9_]+$/.test(key)) throw new TypeError(`toolchain key: unusable names in ${JSON.stringify(key)}`)
  return key
}

/** The digest that a job request carries about itself; the digest and the signature are left out. */
export function jobRequestSha256(jobRequest: object): string {
  return hashCanonical(DOMAINS.jobRequest, without(jobRequest, ['job_request_sha256', 'job_request_signature']))
}

/** The bytes that the host's Ed25519 key signs. */
export function signatureBytes(jobRequestDigest: string): Buffer {
  return Buffer.from(`${DOMAINS.jobRequestSignature}${jobRequestDigest}\n`)
}

/** The digest in `job_index.json` over everything else in it. */
export function jobIndexSha256(jobIndex: object): string {
  return hashCanonical(DOMAINS.jobIndex, without(jobIndex, ['job_index_sha256']))
}

/** The root over a manifest's entries, which are sorted by path. */
export function artifactRootSha256(entries: readonly object[]): string {
  return sha256(canonicalJson(entries))
}

function without(document: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)))
}
