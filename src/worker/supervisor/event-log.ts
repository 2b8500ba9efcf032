import {closeSync, fsyncSync, openSync, writeSync} from 'node:fs'
import {createHash} from 'node:crypto'
import {DOMAINS, sha256} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'

export interface EventHeader {
  readonly job_id: string
  readonly run_id: string
  readonly attempt: number
  readonly trace_id?: string
}

export interface EventLogOptions {
  readonly file: string
  readonly header: EventHeader
  readonly chained: boolean
  readonly maxLineBytes: number
  /** Test and diagnostic events stop when the file grows beyond this; counts and the end go on. */
  readonly maxBytes: number
}

/** What `complete` says about the lines before it. */
export interface StreamDigest {
  readonly events_sha256: string
  readonly event_chain_head_sha256: string | null
}

/**
 * The job's event stream: durable file first, one object per line, `sequence` from 1 without a gap. Only the supervisor writes it.
 */
export class EventLog {
  readonly #options: EventLogOptions
  readonly #fd: number
  readonly #startedAt = process.hrtime.bigint()
  readonly #stream = createHash('sha256').update(DOMAINS.eventsStream)
  #sequence = 0
  #bytes = 0
  #chain = '0'.repeat(64)
  #lastWriteAt = Date.now()
  #quotaHit = false

  constructor(options: EventLogOptions) {
    this.#options = options
    this.#fd = openSync(options.file, 'wx', 0o600)
  }

  get sequence(): number {
    return this.#sequence
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Milliseconds since the last line; ten seconds of silence ask for a heartbeat. */
  silentMs(now: number = Date.now()): number {
    return now - this.#lastWriteAt
  }

  /** Appends one event. Events that grow with the job are dropped beyond the quota, with one warning. */
  write(event: {readonly type: string} & Readonly<Record<string, unknown>>): void {
    if (QUOTA_BOUND.has(event.type) && this.#bytes > this.#options.maxBytes) {
      if (this.#quotaHit) return
      this.#quotaHit = true
      this.write({type: 'warning', code: 'events_quota_exceeded', message: `Events beyond ${this.#options.maxBytes} bytes are not kept.`, data: {limit: this.#options.maxBytes}})
      return
    }
    this.#append(event)
  }

  /** What the `complete` line must say of everything before it. */
  digest(): StreamDigest {
    return {events_sha256: this.#stream.copy().digest('hex'), event_chain_head_sha256: this.#options.chained ? this.#chain : null}
  }

  /** Writes the last line and makes the file durable. Nothing can be written afterwards. */
  complete(event: Readonly<Record<string, unknown>>): void {
    const line = `${JSON.stringify({...this.#head('complete'), ...event})}\n`
    writeWhole(this.#fd, line)
    fsyncSync(this.#fd)
    closeSync(this.#fd)
  }

  #append(event: {readonly type: string} & Readonly<Record<string, unknown>>): void {
    let body: Record<string, unknown> = {...this.#head(event.type), ...event}
    if (Buffer.byteLength(JSON.stringify(body)) > this.#options.maxLineBytes - CHAIN_FIELDS_BYTES) body = shortened(body, this.#options.maxLineBytes)
    if (this.#options.chained) {
      const prev = this.#chain
      this.#chain = sha256(DOMAINS.eventChain, prev, '\n', canonicalJson(body))
      body = {...body, prev_event_sha256: prev, event_sha256: this.#chain}
    }
    const line = `${JSON.stringify(body)}\n`
    writeWhole(this.#fd, line)
    this.#stream.update(line)
    this.#bytes += Buffer.byteLength(line)
    this.#lastWriteAt = Date.now()
  }

  #head(type: string): Record<string, unknown> {
    this.#sequence += 1
    return {
      type,
      timestamp: new Date().toISOString(),
      sequence: this.#sequence,
      monotonic_ms: Number((process.hrtime.bigint() - this.#startedAt) / 1_000_000n),
      ...this.#options.header,
    }
  }
}

/** Room that the two chain fields take in a line. */
const CHAIN_FIELDS_BYTES = 256

const QUOTA_BOUND: ReadonlySet<string> = new Set([
  'diagnostic', 'test_suite_started', 'test_suite_completed', 'test_case_started', 'test_case_passed', 'test_case_failed', 'test_case_skipped',
  'target_started', 'target_completed', 'progress',
])

/** A line that would be too long keeps its shape: long texts are cut, long lists keep their head. */
function shortened(body: Readonly<Record<string, unknown>>, limit: number): Record<string, unknown> {
  const share = Math.floor(limit / 32)
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length > share ? `${value.slice(0, share).toWellFormed()}…` : value
    if (Array.isArray(value)) return value.slice(0, 8).map(cut)
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member)]))
    return value
  }
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, cut(value)]))
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset)
}
