import {existsSync, statSync} from 'node:fs'
import {isUtf8} from 'node:buffer'
import type {VerbHandler} from '../context.ts'
import {followJob, LineTail, readAt} from '../follow.ts'
import {recoverJob} from '../recovery.ts'
import {noteFollower, ownJob} from '../state/jobs.ts'
import {jobStatus} from './job-status.ts'
import {readPayload} from './payload.ts'

/** What one answer holds when the caller names no limits; a line is at most 1 MiB, and base64 and JSON take their share. */
const DEFAULT_BYTES = 256 * 1024
const DEFAULT_EVENTS = 1000

/** Events and log from a cursor on: once, within limits, or to the end with `follow`. */
export const tail: VerbHandler = async (context, request) => {
  const {job_id, cursor, follow, max_bytes = DEFAULT_BYTES, max_events = DEFAULT_EVENTS} = await readPayload('tail', request)
  ownJob(context.db, context.owner, job_id)
  const job = context.layout.job(job_id)
  if (follow) {
    const next_cursor = await followJob(context, job_id, job, cursor, request)
    return {
      payload: {events: [], log_chunk: '', log_encoding: 'utf8', next_cursor, more: false, state: (await jobStatus(context, job_id)).state},
    }
  }
  noteFollower(context.db, job_id, Date.now())
  await recoverJob(context, job_id)
  const sealed = existsSync(job.index)
  const events = new LineTail(job.events, cursor.events_seq)
  const lines = events.read(sealed, {maxLines: max_events, maxBytes: max_bytes})
  const bytes = readAt(job.log, cursor.log_offset, max_bytes)
  const {chunk, encoding, length} = asText(bytes, sealed)
  const next_cursor = {events_seq: events.sequence, log_offset: cursor.log_offset + length}
  const more = !sealed || events.read(true, {maxLines: 1, maxBytes: max_bytes}).length > 0 || next_cursor.log_offset < sizeOf(job.log)
  return {
    payload: {
      events: lines.map((line) => JSON.parse(line)),
      log_chunk: chunk,
      log_encoding: encoding,
      next_cursor,
      more,
      state: (await jobStatus(context, job_id)).state,
    },
  }
}

/** Text where the bytes are UTF-8 (a character cut in two stays for the next call), base64 where they are not. */
function asText(bytes: Buffer, final: boolean): {readonly chunk: string; readonly encoding: 'utf8' | 'base64'; readonly length: number} {
  for (let cut = 0; cut <= (final ? 0 : 3) && cut < bytes.length; cut++) {
    const head = bytes.subarray(0, bytes.length - cut)
    if (isUtf8(head)) return {chunk: head.toString(), encoding: 'utf8', length: head.length}
  }
  return bytes.length === 0
    ? {chunk: '', encoding: 'utf8', length: 0}
    : {chunk: bytes.toString('base64'), encoding: 'base64', length: bytes.length}
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}
