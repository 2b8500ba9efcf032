import {closeSync, existsSync, openSync, readSync, watch, type FSWatcher} from 'node:fs'
import {readDocument} from '@rch/contract/documents'
import {readIfThere} from '../infra/files.ts'
import type {VerbRequest, WorkerContext} from './context.ts'
import type {JobLayout} from './layout.ts'
import {recoverJob} from './recovery.ts'
import {noteFollower} from './state/jobs.ts'

export interface Cursor {
  /** The last event sequence the reader has. */
  readonly events_seq: number
  /** Log bytes the reader has. */
  readonly log_offset: number
}

const READ_BYTES = 256 * 1024
/** How often to look when no notification comes: file-system watches are best effort everywhere. */
const LOOK_EVERY_MS = 200
const RECOVER_EVERY_MS = 10_000
const NOTE_EVERY_MS = 10_000
/** How often at least it is noted within the time after which a job counts as abandoned. */
const NOTES_IN_PATIENCE = 4
const MAX_REQUEST_BYTES = 64 * 1024 * 1024

/**
 * Streams a job's events and log from a cursor on until it is sealed. The durable files are read, never the supervisor: a slow
 * reader costs nobody anything, and counts as somebody who looks for as long as the channel lives. `complete` is held back until the commit marker exists: terminal means sealed. Returns the
 * final cursor, early when the caller is gone.
 */
export async function followJob(
  context: WorkerContext,
  jobId: string,
  job: JobLayout,
  from: Cursor,
  request: VerbRequest,
): Promise<Cursor> {
  const events = new LineTail(job.events, from.events_seq)
  let logOffset = from.log_offset
  let recoveredAt = 0
  const woken = new Wake(job.artifacts)
  const looking = startLooking(context, jobId, job)
  try {
    for (;;) {
      if (Date.now() - recoveredAt > RECOVER_EVERY_MS) {
        recoveredAt = Date.now()
        await recoverJob(context, jobId)
      }
      // Asked before the files are read: what is written after a seal was seen is nothing.
      const sealed = existsSync(job.index)
      const sent = logOffset
      logOffset = await copyLog(job.log, logOffset, request)
      const lines = events.read(sealed)
      for (const line of lines) await request.emit(line)
      if (request.signal.aborted) break
      if (lines.length > 0 || logOffset > sent) continue
      if (sealed) break
      await woken.wait(LOOK_EVERY_MS)
    }
  } finally {
    clearInterval(looking)
    woken.close()
  }
  return {events_seq: events.sequence, log_offset: logOffset}
}

/** Notes from now on that somebody follows, also while a write waits for a reader that takes its time. */
function startLooking(context: WorkerContext, jobId: string, job: JobLayout): NodeJS.Timeout {
  const note = (): void => noteFollower(context.db, jobId, Date.now())
  note()
  return setInterval(
    () => {
      try {
        note()
      } catch {
        // The table is busy: the next note comes soon.
      }
    },
    Math.min(NOTE_EVERY_MS, patienceMs(job) / NOTES_IN_PATIENCE),
  )
}

/** After what time without a follower the job ends; infinite where it never does for that reason, or was collected. */
function patienceMs(job: JobLayout): number {
  const bytes = readIfThere(job.request)
  if (bytes === undefined) return Infinity
  const {abandon_after_seconds: seconds} = readDocument('job_request', bytes, {maxBytes: MAX_REQUEST_BYTES}).job.timeouts
  return seconds === 0 ? Infinity : seconds * 1000
}

/** Whole lines of a growing file; line n is event n. */
export class LineTail {
  readonly #file: string
  #offset = 0
  #line = 0
  readonly #after: number

  constructor(file: string, after: number) {
    this.#file = file
    this.#after = after
  }

  /** Sequence of the last line handed out, or the one it was started after. */
  get sequence(): number {
    return Math.max(this.#line, this.#after)
  }

  /**
   * Lines not handed out yet; the last one of a finished job only when `withEnd`. What is not handed out is read again the next
   * time: recovery may take back a torn line or a `complete` and write others in its place.
   */
  read(
    withEnd: boolean,
    limits: {readonly maxLines: number; readonly maxBytes: number} = {maxLines: Infinity, maxBytes: Infinity},
  ): string[] {
    const lines: string[] = []
    let rest = Buffer.alloc(0)
    let [ahead, bytes] = [this.#offset, 0]
    for (;;) {
      const cut = rest.indexOf(0x0a)
      if (cut < 0) {
        const more = readAt(this.#file, ahead, READ_BYTES)
        if (more.length === 0) return lines
        ahead += more.length
        rest = Buffer.concat([rest, more])
        continue
      }
      const line = rest.subarray(0, cut).toString()
      if (!withEnd && line.startsWith('{"type":"complete"')) return lines
      if (lines.length >= limits.maxLines || (lines.length > 0 && bytes + cut > limits.maxBytes)) return lines
      rest = rest.subarray(cut + 1)
      this.#offset += cut + 1
      this.#line += 1
      if (this.#line <= this.#after) continue
      lines.push(line)
      bytes += cut + 1
    }
  }
}

/** Up to `length` bytes of a file from `offset`; none when it is not there yet. */
export function readAt(file: string, offset: number, length: number): Buffer {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const buffer = Buffer.allocUnsafe(length)
    return buffer.subarray(0, readSync(fd, buffer, 0, length, offset))
  } finally {
    closeSync(fd)
  }
}

async function copyLog(file: string, offset: number, request: VerbRequest): Promise<number> {
  let at = offset
  for (;;) {
    const bytes = readAt(file, at, READ_BYTES)
    if (bytes.length === 0 || request.signal.aborted) return at
    await request.log(bytes)
    at += bytes.length
    // Events should not wait behind a flood of log.
    if (at - offset >= 16 * READ_BYTES) return at
  }
}

/** Wakes when something in a directory changes, or after a while. */
class Wake {
  #watcher: FSWatcher | undefined
  #wake: (() => void) | undefined
  #pending = false

  constructor(directory: string) {
    try {
      this.#watcher = watch(directory, () => {
        this.#pending = true
        this.#wake?.()
      })
      this.#watcher.on('error', () => {
        this.#watcher = undefined
      })
    } catch {
      // No watch to be had: the clock alone serves.
    }
  }

  async wait(ms: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false
      return
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    this.#pending = false
  }

  close(): void {
    this.#watcher?.close()
  }
}
