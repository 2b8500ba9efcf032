import {readFileSync} from 'node:fs'
import {programOf} from '../program.ts'

/**
 * Program and words of a scripted harness: it speaks the protocol like the real one, does nothing, and does whatever
 * `payload.act` of a request says (`FakeAct`). Append `--no-session` for a worker without sessions.
 */
export function fakeHarnessCommand(): readonly string[] {
  return programOf(import.meta.url, './fake-harness-main')
}

/** What a request can make the scripted harness do. */
export type FakeAct =
  /** Answers `{op, echo, pid, body_length, body_sha256}`. */
  | {readonly do: 'echo'; readonly echo?: unknown}
  /** Answers with so many bytes, `fakeBytes(length)`. */
  | {readonly do: 'body'; readonly length: number}
  /** Event lines `{type: 'progress', n}` from 0, then the answer. */
  | {readonly do: 'events'; readonly count: number}
  /** So many log bytes, `fakeBytes(length)`, on stderr, with an event in the middle, then the answer. */
  | {readonly do: 'log'; readonly length: number}
  /** An error of the worker's own. */
  | {readonly do: 'error'; readonly code: string; readonly data: Readonly<Record<string, unknown>>}
  /** Ends with this status before it answers, after half a line, or after half of the announced bytes. */
  | {readonly do: 'exit'; readonly status: number; readonly after: 'nothing' | 'half_line' | 'half_body'}
  /** Writes these bytes (base64) instead of an answer and goes. */
  | {readonly do: 'raw'; readonly base64: string}
  /** A line of more than 1 MiB. */
  | {readonly do: 'long_line'}
  | {readonly do: 'wrong_id'}
  | {readonly do: 'wrong_digest'}
  /** Says nothing until it is ended. */
  | {readonly do: 'hang'}
  /** Appends a line to a file, then hangs or answers. */
  | {readonly do: 'count'; readonly file: string; readonly answer: boolean}

/** The same bytes on both sides, of every value. */
export function fakeBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >>> 8)) & 0xff
  return bytes
}

/** How often `count` was asked on this file. */
export function countedCalls(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1
  } catch {
    return 0
  }
}
