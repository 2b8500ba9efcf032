/** What a worker may say in `probe` that it can do. */
export const FEATURE_TABLE = {
  lease: 'Leases with fencing numbers.',
  queue: '`reserve` waits its turn.',
  detach: 'Jobs outlive the connection that started them.',
  tail_follow: '`tail` with `follow` streams to the end of a job.',
  session: 'Many requests on one channel.',
  cas: 'Staging by content: `missing_blobs`, `upload_blobs`.',
  bundle: 'Staging by archive: `has_source`, `upload_source`.',
  rsync: 'Staging by rsync, through the stage key.',
  upload_resumable: 'Uploads go on from the last acknowledged offset.',
  upload_unhashed: 'A chunk of `upload_blobs` may come without `content_sha256`: what it holds has digests of its own.',
  fetch_range: '`fetch` of a range of a file.',
  event_hash_chain: 'Events carry a hash chain.',
  signed_requests: 'Job requests may be signed.',
  attestation_signing: 'Attestations are signed by a key of the worker.',
  network_policy: 'The network of a job can be restricted.',
  isolated: 'A private workspace for each run.',
  warm_slots: 'Workspaces that stay for the next run.',
  result_cache: 'Results are served again for an equal job.',
  prewarm: 'Simulators and packages can be prepared ahead.',
  cache_query: 'Tells how warm it is for a job.',
  products: 'Build products are kept for `test-without-building`.',
} as const satisfies Record<string, string>

export type Feature = keyof typeof FEATURE_TABLE

export const FEATURES: readonly Feature[] = Object.keys(FEATURE_TABLE).filter(isFeature)

/** Narrows outside text to a known feature; an unknown one is a newer peer's and is ignored. */
export function isFeature(value: unknown): value is Feature {
  return typeof value === 'string' && Object.hasOwn(FEATURE_TABLE, value)
}
