import {createHash} from 'node:crypto'
import {canonicalJson} from '../json/canonical.ts'
import {DOMAINS, sha256} from './hash.ts'

/** The digest of `events.ndjson` before its `complete` line. */
export function eventsSha256(bytesBeforeComplete: Uint8Array): string {
  return sha256(DOMAINS.eventsStream, bytesBeforeComplete)
}

/** The same digest while the stream is being written or read. */
export function createEventsHash(): {update(bytes: string | Uint8Array): void; digest(): string} {
  const hash = createHash('sha256').update(DOMAINS.eventsStream)
  return {
    update: (bytes) => void hash.update(bytes),
    // A copy, so that the digest so far can be read at any time.
    digest: () => hash.copy().digest('hex'),
  }
}

/** What stands before the first event of a chain. */
export const EVENT_CHAIN_START = '0'.repeat(64)

/** The two fields that the chain adds to a line. */
export const EVENT_CHAIN_FIELDS = ['prev_event_sha256', 'event_sha256'] as const

/** One step of the chain: the digest of an event that follows `previous`; the event's own chain fields do not count. */
export function eventChainStep(previous: string, event: object): string {
  const bare = Object.fromEntries(Object.entries(event).filter(([name]) => !EVENT_CHAIN_FIELDS.some((field) => field === name)))
  return sha256(DOMAINS.eventChain, previous, '\n', canonicalJson(bare))
}
