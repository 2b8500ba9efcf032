import {closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync} from 'node:fs'
import type {JobEvent} from '@rch/contract/documents'
import {createEventsHash, eventChainStep, EVENT_CHAIN_START} from '@rch/contract/identity'

export interface EventHeader {
  readonly job_id: string
  readonly run_id: string
  readonly attempt: number
  readonly trace_id?: string
}

type Header =
  | 'timestamp'
  | 'sequence'
  | 'monotonic_ms'
  | 'job_id'
  | 'run_id'
  | 'attempt'
  | 'trace_id'
  | 'prev_event_sha256'
  | 'event_sha256'
type BodyOf<E> = E extends JobEvent ? Omit<E, Header> : never
/** An event without the header that the log adds. */
export type EventBody = BodyOf<JobEvent>
export type CompleteBody = Omit<Extract<EventBody, {readonly type: 'complete'}>, 'type'>

export interface EventLogOptions {
  readonly file: string
  readonly header: EventHeader
  readonly chained: boolean
  readonly maxLineBytes: number
  /** Test and diagnostic events stop when the file grows beyond this; counts and the end go on. */
  readonly maxBytes: number
  /** Goes on behind the whole lines of a stream that was cut off; its `complete`, if any, is taken back. */
  readonly resume: boolean
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
  readonly #stream = createEventsHash()
  #sequence = 0
  #bytes = 0
  #chain = EVENT_CHAIN_START
  #lastWriteAt = Date.now()
  #quotaHit = false

  constructor(options: EventLogOptions) {
    this.#options = options
    if (options.resume) this.#takeOver(options.file)
    this.#fd = openSync(options.file, options.resume ? 'a' : 'wx', 0o600)
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
  write(event: EventBody): void {
    if (QUOTA_BOUND.has(event.type) && this.#bytes > this.#options.maxBytes) {
      if (this.#quotaHit) return
      this.#quotaHit = true
      this.write({
        type: 'warning',
        code: 'events_quota_exceeded',
        message: `Events beyond ${this.#options.maxBytes} bytes are not kept.`,
        data: {limit: this.#options.maxBytes},
      })
      return
    }
    this.#append(event)
  }

  /** What the `complete` line must say of everything before it. */
  digest(): StreamDigest {
    return {events_sha256: this.#stream.digest(), event_chain_head_sha256: this.#options.chained ? this.#chain : null}
  }

  /** Writes the last line and makes the file durable. Nothing can be written afterwards. */
  complete(event: CompleteBody): void {
    const line = `${JSON.stringify({...this.#head('complete'), ...event})}\n`
    writeWhole(this.#fd, line)
    fsyncSync(this.#fd)
    closeSync(this.#fd)
  }

  #takeOver(file: string): void {
    const bytes = readWhole(file)
    let end = 0
    for (let cut = bytes.indexOf(0x0a); cut >= 0; cut = bytes.indexOf(0x0a, end)) {
      const line = bytes.subarray(end, cut + 1)
      if (line.toString('utf8', 0, 18).startsWith('{"type":"complete"')) break
      this.#stream.update(line)
      if (this.#options.chained) this.#chain = eventChainStep(this.#chain, JSON.parse(line.toString()))
      this.#sequence += 1
      this.#bytes += line.length
      end = cut + 1
    }
    if (end < bytes.length) truncateSync(file, end)
  }

  #append(event: EventBody): void {
    let body: Record<string, unknown> = {...this.#head(event.type), ...event}
    if (Buffer.byteLength(JSON.stringify(body)) > this.#options.maxLineBytes - CHAIN_FIELDS_BYTES)
      body = shortened(body, this.#options.maxLineBytes)
    if (this.#options.chained) {
      const prev = this.#chain
      this.#chain = eventChainStep(prev, body)
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
  'diagnostic',
  'test_suite_started',
  'test_suite_completed',
  'test_case_started',
  'test_case_passed',
  'test_case_failed',
  'test_case_skipped',
  'target_started',
  'target_completed',
  'progress',
])

/** A line that would be too long keeps its shape: long texts are cut, long lists keep their head. */
function shortened(body: Readonly<Record<string, unknown>>, limit: number): Record<string, unknown> {
  const share = Math.floor(limit / 32)
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length > share ? `${value.slice(0, share).toWellFormed()}…` : value
    if (Array.isArray(value)) return value.slice(0, 8).map(cut)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member)]))
    return value
  }
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, cut(value)]))
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length;) offset += writeSync(fd, bytes, offset)
}
