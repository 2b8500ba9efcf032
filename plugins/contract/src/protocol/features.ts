/** What a worker may say in `probe` that it can do. */
export const FEATURES = [
  'lease',
  'queue',
  'detach',
  'tail_follow',
  'session',
  'cas',
  'bundle',
  'rsync',
  'upload_resumable',
  'fetch_range',
  'event_hash_chain',
  'signed_requests',
  'attestation_signing',
  'network_policy',
  'isolated',
  'warm_slots',
  'result_cache',
  'prewarm',
  'cache_query',
  'products',
] as const

export type Feature = (typeof FEATURES)[number]

/** Narrows outside text to a known feature; an unknown one is a newer peer's and is ignored. */
export function isFeature(value: unknown): value is Feature {
  return FEATURES.some((feature) => feature === value)
}
