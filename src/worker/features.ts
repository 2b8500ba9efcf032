import type {Feature} from '@rch/contract/protocol'

/** What this harness can do; `probe` says so, and a request that requires more is refused. */
export const SERVED_FEATURES: readonly Feature[] = [
  'attestation_signing',
  'cas',
  'detach',
  'event_hash_chain',
  'fetch_range',
  'isolated',
  'lease',
  'queue',
  'session',
  'signed_requests',
  'tail_follow',
  'upload_resumable',
  'upload_unhashed',
  'warm_slots',
]
