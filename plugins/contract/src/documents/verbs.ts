import {z} from 'zod'
import type {StreamFormat, Verb} from '../protocol/verbs.ts'
import {JOB_STATES} from '../states.ts'
import {capabilitiesBody} from './capabilities.ts'
import {bareStageReceipt} from './execution.ts'
import {count, exitCode, flag, errorCode, identifier, names, ordinal, record, relativePath, sha256Hex, text, timestamp} from './fields.ts'
import {jobRequest} from './job.ts'

const sentFields = {compression: z.enum(['none', 'zstd']), content_length: count}
const streamFields = {...sentFields, content_sha256: sha256Hex}

/** The bytes that follow a message; framing checks them, each verb says whether it takes any. */
const streamOf = <F extends StreamFormat>(...formats: readonly F[]) =>
  z.strictObject({
    format: z.enum(formats),
    ...streamFields,
    offset: count.exactOptional(),
    last: flag.exactOptional(),
  })

const place = {upload_id: identifier, offset: count, last: flag}

/** One chunk of an upload: which upload, where in its plain bytes, and whether it is the last of its format. */
const uploadStream = <F extends StreamFormat>(...formats: readonly F[]) =>
  z.strictObject({format: z.enum(formats), ...streamFields, ...place})

/** The contents have digests of their own, so that the bytes of a chunk need none. */
const blobsStream = z.strictObject({
  format: z.literal('blobs'),
  ...sentFields,
  content_sha256: sha256Hex.exactOptional(),
  ...place,
})

const lease = {lease_id: identifier, fence: ordinal}
const granted = z.strictObject({...lease, ttl_seconds: ordinal, expires_at: timestamp})
const uploadProgress = {upload_id: identifier, next_offset: count, complete: flag, receipt: bareStageReceipt.exactOptional()}
/** The stage key names the lease under which it may stage; the run key need not. */
const upload = {lease_id: identifier.exactOptional(), fence: ordinal.exactOptional()}
const cursor = z.strictObject({events_seq: count, log_offset: count})
const start = {job_request: jobRequest, env: z.record(text, text).exactOptional()}

const jobStatus = {
  job_id: identifier,
  run_id: sha256Hex,
  attempt: ordinal,
  host_id: identifier,
  job_key: sha256Hex,
  state: z.enum(JOB_STATES),
  seq: count,
  cancel_requested: flag,
  last_event_seq: count,
  event_bytes: count,
  log_bytes: count,
  lease_id: identifier.nullable(),
  /** Only of a sealed job. */
  terminal: z
    .strictObject({
      job_index_sha256: sha256Hex,
      exit_code: exitCode,
      error_code: errorCode.nullable(),
      human_summary: text,
      finished_at: timestamp,
    })
    .nullable(),
}

const empty = z.strictObject({})
const JOB_OR_RUN = 'must name either job_id, or run_id with host_id'

const target = z.strictObject({
  job_id: identifier.exactOptional(),
  run_id: sha256Hex.exactOptional(),
  host_id: identifier.exactOptional(),
})

interface Target {
  readonly job_id?: string
  readonly run_id?: string
  readonly host_id?: string
}

/** A run is named by its id and its host's: two hosts on one commit share the first. */
function namesJobOrRun({job_id, run_id, host_id}: Target): boolean {
  return (job_id !== undefined) !== (run_id !== undefined) && (run_id !== undefined) === (host_id !== undefined)
}

function namesNothing({job_id, run_id, host_id}: Target): boolean {
  return job_id === undefined && run_id === undefined && host_id === undefined
}

/** Request and answer payloads of every verb. */
export const VERB_PAYLOADS = {
  probe: {request: empty, response: z.strictObject(capabilitiesBody)},
  reserve: {
    request: z.strictObject({
      /** One per wish for capacity, so that asking again is not asking twice. */
      reservation_id: identifier,
      run_id: sha256Hex,
      host_id: identifier,
      queue: z.strictObject({wait_seconds: count, priority: z.int().min(-10).max(10)}),
    }),
    response: granted,
  },
  renew: {request: z.strictObject(lease), response: granted},
  release: {request: z.strictObject(lease), response: z.strictObject({released: flag})},
  missing_blobs: {
    request: z.strictObject({...upload, stream: uploadStream('manifest')}),
    response: z.strictObject({...uploadProgress, missing: count.exactOptional(), stream: streamOf('bitmap').exactOptional()}),
  },
  upload_blobs: {
    request: z.strictObject({...upload, stream: blobsStream}),
    response: z.strictObject(uploadProgress),
  },
  has_source: {
    request: z.strictObject({...upload, upload_id: identifier, source_sha256: sha256Hex, source_tree_hash: sha256Hex}),
    response: z.strictObject({known: flag, ...uploadProgress}),
  },
  upload_source: {
    request: z.strictObject({...upload, source_sha256: sha256Hex, stream: uploadStream('manifest', 'tar')}),
    response: z.strictObject(uploadProgress),
  },
  submit: {request: z.strictObject(start), response: z.strictObject(jobStatus)},
  run: {request: z.strictObject(start), response: z.strictObject(jobStatus)},
  tail: {
    request: z.strictObject({
      job_id: identifier,
      cursor,
      follow: flag,
      max_bytes: ordinal.exactOptional(),
      max_events: ordinal.exactOptional(),
    }),
    /** `events` and `log_chunk` are empty after following: they came as lines and on stderr. */
    response: z.strictObject({
      events: z.array(record),
      log_chunk: text,
      log_encoding: z.enum(['utf8', 'base64']),
      next_cursor: cursor,
      more: flag,
      state: z.enum(JOB_STATES),
    }),
  },
  status: {
    /** Without a name: the worker itself. */
    request: target.refine((wanted) => namesNothing(wanted) || namesJobOrRun(wanted), {error: JOB_OR_RUN}),
    response: z.strictObject({
      jobs: z.array(z.strictObject(jobStatus)),
      leases: z.strictObject({held: count, waiting: count}),
    }),
  },
  cancel: {
    request: target.refine(namesJobOrRun, {error: JOB_OR_RUN}),
    response: z.strictObject({
      jobs: z.array(
        z.strictObject({job_id: identifier, found: z.enum(['running', 'collecting', 'sealed', 'staged']), state: z.enum(JOB_STATES)}),
      ),
    }),
  },
  fetch: {
    request: z.discriminatedUnion('part', [
      z.strictObject({job_id: identifier, part: z.literal('documents')}),
      z.strictObject({
        job_id: identifier,
        part: z.literal('blobs'),
        offset: count,
        max_bytes: ordinal.exactOptional(),
        stream: streamOf('digests'),
      }),
      z.strictObject({job_id: identifier, part: z.literal('range'), path: relativePath, offset: count, length: ordinal}),
    ]),
    response: z.union([
      z.strictObject({
        files: z.array(z.strictObject({path: relativePath, bytes: count, sha256: sha256Hex})),
        stream: streamOf('blobs'),
      }),
      z.strictObject({next_offset: count, total_bytes: count, complete: flag, stream: streamOf('blobs').exactOptional()}),
      z.strictObject({path: relativePath, offset: count, length: count, total_bytes: count, stream: streamOf('log').exactOptional()}),
    ]),
  },
  cache_query: {
    request: z.strictObject({namespace: text, slot_key: sha256Hex, config_hash: sha256Hex}),
    response: z.strictObject({slot: flag, config: flag, toolchain: flag}),
  },
  prewarm: {request: z.strictObject({effective_config: record, what: names}), response: z.strictObject({done: names, skipped: names})},
  gc: {
    request: z.strictObject({what: z.array(z.enum(['jobs', 'stage', 'slots', 'caches', 'blobs'])), dry_run: flag}),
    response: z.strictObject({
      removed: z.array(z.strictObject({what: text, name: text, bytes: count, reason: text})),
      freed_bytes: count,
      dry_run: flag,
    }),
  },
  session: {request: empty, response: empty},
} as const satisfies Record<Verb, {readonly request: z.ZodType; readonly response: z.ZodType}>
