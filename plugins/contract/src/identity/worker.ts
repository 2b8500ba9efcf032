import {comparePaths} from '../text/byte-order.ts'
import {canonicalJson} from '../json/canonical.ts'
import {DOMAINS, hashCanonical, sha256} from './hash.ts'

/** The part of a worker's capabilities that a pin holds still; load, health and times are not in it. */
export interface PinnedCapabilities {
  readonly protocol_min: number
  readonly protocol_max: number
  readonly contract_versions: readonly object[]
  readonly features: readonly string[]
  readonly verbs: readonly string[]
  readonly limits: object
  readonly roots: object
  readonly os: {readonly version: string; readonly build: string; readonly arch: string}
  readonly xcodes: readonly object[]
  readonly runtimes: readonly object[]
  readonly device_types: readonly object[]
  readonly backends: readonly object[]
  readonly identity: object
}

/** The digest of what a worker can do; every array counts as a set. Takes a whole probe answer and picks what belongs in it. */
export function capabilitiesSha256(capabilities: PinnedCapabilities): string {
  const {protocol_min, protocol_max, contract_versions, features, verbs, limits, roots, os} = capabilities
  const {xcodes, runtimes, device_types, backends, identity} = capabilities
  const pinned = {
    protocol_min,
    protocol_max,
    contract_versions,
    features,
    verbs,
    limits,
    roots,
    os: {version: os.version, build: os.build, arch: os.arch},
    xcodes,
    runtimes,
    device_types,
    backends,
    identity,
  }
  return hashCanonical(DOMAINS.capabilities, withSortedArrays(pinned))
}

/** The digest of the whole contract: every published JSON Schema, keyed by its id. */
export function contractSha256(schemasById: Readonly<Record<string, object>>): string {
  return sha256(canonicalJson(schemasById))
}

function withSortedArrays(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withSortedArrays(item))
    return items
      .map((item) => ({item, text: canonicalJson(item)}))
      .toSorted((a, b) => comparePaths(a.text, b.text))
      .map(({item}) => item)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withSortedArrays(member)]))
}
