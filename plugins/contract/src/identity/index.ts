export {envValueSha256} from './env.ts'
export {createEventsHash, EVENT_CHAIN_FIELDS, EVENT_CHAIN_START, eventChainStep, eventsSha256} from './events.ts'
export {CONTRACT_SHA256} from '../generated/contract-digest.ts'
export {DOMAINS, hashCanonical, sha256} from './hash.ts'
export {IDENTIFIER, RUN_ID, SHA256, uuidv7} from './ids.ts'
export {
  artifactRootSha256,
  configHash,
  jobIndexSha256,
  jobKey,
  jobRequestSha256,
  runId,
  signatureBytes,
  slotKey,
  toolchainKey,
  type SlotKeyInputs,
} from './job.ts'
export {normaliseOrigin} from '../text/origin.ts'
export {CACHE_NAMESPACE, cacheNamespace, localOrigin, repoKey, type CacheScope} from './repository.ts'
export {isSortedSet, sortedSet} from '../text/sorted-set.ts'
export {identityMismatches, type IdentityMismatch} from './request-check.ts'
export {capabilitiesSha256, contractSha256, type PinnedCapabilities} from './worker.ts'
