import {createHash} from 'node:crypto'
import {canonicalJson} from '../json/canonical.ts'

/** Lower-case hex SHA-256 of bytes or UTF-8 text; several parts are hashed as if joined. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** The version lines that keep one kind of digest from ever being mistaken for another. */
export const DOMAINS = {
  sourceTree: 'rch-xcode-lane/source_tree_hash/v1\n',
  config: 'rch-xcode-lane/config_hash/v1\n',
  run: 'rch-xcode-lane/run_id/v1\n',
  slot: 'rch-xcode-lane/slot_key/v1\n',
  jobRequest: 'rch-xcode-lane/job_request_sha256/v1\n',
  jobRequestSignature: 'rch-xcode-lane/job_request_signature/v1\n',
  capabilities: 'rch-xcode-worker/capabilities_sha256/v1\n',
  tree: 'rch-xcode-lane/tree_hash/v1\n',
  jobIndex: 'rch-xcode-lane/job_index/v1\n',
  eventsStream: 'rch-xcode-lane/events_stream/v1\n',
  eventChain: 'rch-xcode-lane/event_chain/v1\n',
  envValue: 'rch-xcode-lane/env_value_sha256/v1\n',
  cacheNamespace: 'rch-xcode-lane/cache_ns/v1\n',
} as const

/** `H(domain ‖ JCS(value))`, the shape of most digests here. */
export function hashCanonical(domain: string, value: unknown): string {
  return sha256(domain, canonicalJson(value))
}
