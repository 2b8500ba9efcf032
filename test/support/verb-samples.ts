import type {Verb} from '@rch/contract/protocol'
import type {VerbRequestPayload, VerbResponsePayload} from '@rch/contract/documents'
import {SAMPLES} from './samples/documents.ts'
import {RECEIPT} from './samples/execution-documents.ts'
import {HEX, HOST_ID, JOB_IDS, NOW} from './samples/identities.ts'

export interface VerbSample {
  readonly verb: Verb
  readonly side: 'request' | 'response'
  readonly sample: unknown
}

const {lease_id, fence} = SAMPLES.job_request
const {upload_id} = SAMPLES.job_request.stage
const {
  schema_id: _i,
  schema_version: _v,
  kind: _k,
  lane_version: _l,
  created_at: _c,
  run_id: _r,
  attempt: _a,
  ...rest
} = SAMPLES.capabilities
const {job_id: _j, job_key: _jk, host_id: _h, ...PROBE} = rest

const LEASE = {lease_id, fence}
const GRANTED = {...LEASE, ttl_seconds: 120, expires_at: NOW}
const SENT = {compression: 'zstd', content_length: 100, content_sha256: HEX('a')} as const
const CHUNK = {...SENT, upload_id, offset: 0, last: true}
const ANSWERED = {...SENT, offset: 0, last: true}
const PROGRESS = {upload_id, next_offset: 100, complete: true, receipt: RECEIPT}
const STATUS = {
  job_id: JOB_IDS.job_id,
  run_id: JOB_IDS.run_id,
  attempt: 1,
  host_id: HOST_ID,
  job_key: JOB_IDS.job_key,
  state: 'failed',
  seq: 4,
  cancel_requested: false,
  last_event_seq: 20,
  event_bytes: 1000,
  log_bytes: 2000,
  lease_id,
  terminal: {job_index_sha256: HEX('c'), exit_code: 50, error_code: 'tests_failed', human_summary: '1 test failed', finished_at: NOW},
} as const
const CURSOR = {events_seq: 3, log_offset: 100}

/** At least one valid payload of every verb, in both directions. */
export const VERB_SAMPLES: readonly VerbSample[] = [
  request('probe', {}),
  response('probe', PROBE),
  request('reserve', {
    reservation_id: upload_id,
    run_id: JOB_IDS.run_id,
    host_id: HOST_ID,
    queue: {wait_seconds: 0, priority: -1},
  }),
  response('reserve', GRANTED),
  request('renew', LEASE),
  response('renew', GRANTED),
  request('release', LEASE),
  response('release', {released: true}),
  request('missing_blobs', {...LEASE, stream: {format: 'manifest', ...CHUNK}}),
  response('missing_blobs', {...PROGRESS, missing: 1, stream: {format: 'bitmap', ...ANSWERED}}),
  request('upload_blobs', {...LEASE, stream: {format: 'blobs', ...CHUNK}}),
  response('upload_blobs', PROGRESS),
  request('has_source', {...LEASE, upload_id, source_sha256: HEX('a'), source_tree_hash: HEX('5')}),
  response('has_source', {known: true, ...PROGRESS}),
  request('upload_source', {...LEASE, source_sha256: HEX('a'), stream: {format: 'tar', ...CHUNK}}),
  response('upload_source', PROGRESS),
  request('submit', {job_request: SAMPLES.job_request, env: {CI: '1'}}),
  response('submit', STATUS),
  request('run', {job_request: SAMPLES.job_request, env: {CI: '1'}}),
  response('run', STATUS),
  request('tail', {job_id: JOB_IDS.job_id, cursor: CURSOR, follow: false, max_bytes: 65_536, max_events: 100}),
  response('tail', {events: [{type: 'x'}], log_chunk: 'text', log_encoding: 'utf8', next_cursor: CURSOR, more: false, state: 'running'}),
  request('status', {job_id: JOB_IDS.job_id}),
  request('status', {run_id: JOB_IDS.run_id, host_id: HOST_ID}),
  request('status', {}),
  response('status', {jobs: [STATUS], leases: {held: 1, waiting: 0}}),
  request('cancel', {job_id: JOB_IDS.job_id}),
  request('cancel', {run_id: JOB_IDS.run_id, host_id: HOST_ID}),
  response('cancel', {jobs: [{job_id: JOB_IDS.job_id, found: 'running', state: 'collecting'}]}),
  request('fetch', {job_id: JOB_IDS.job_id, part: 'documents'}),
  request('fetch', {job_id: JOB_IDS.job_id, part: 'blobs', offset: 0, max_bytes: 1024, stream: {format: 'digests', ...ANSWERED}}),
  request('fetch', {job_id: JOB_IDS.job_id, part: 'range', path: 'build.log', offset: 0, length: 10}),
  response('fetch', {files: [{path: 'manifest.json', bytes: 10, sha256: HEX('a')}], stream: {format: 'blobs', ...ANSWERED}}),
  response('fetch', {next_offset: 10, total_bytes: 10, complete: true, stream: {format: 'blobs', ...ANSWERED}}),
  response('fetch', {path: 'build.log', offset: 0, length: 10, total_bytes: 100, stream: {format: 'log', ...ANSWERED}}),
  request('cache_query', {namespace: 'ns_1', slot_key: HEX('8'), config_hash: HEX('6')}),
  response('cache_query', {slot: true, config: false, toolchain: true}),
  request('prewarm', {effective_config: {}, what: ['simulators']}),
  response('prewarm', {done: ['simulators'], skipped: []}),
  request('gc', {what: ['jobs'], dry_run: true}),
  response('gc', {removed: [{what: 'jobs', name: JOB_IDS.job_id, bytes: 10, reason: 'older than 7 days'}], freed_bytes: 10, dry_run: true}),
  request('session', {}),
  response('session', {}),
]

function request<V extends Verb>(verb: V, sample: VerbRequestPayload<V>): VerbSample {
  return {verb, side: 'request', sample}
}

function response<V extends Verb>(verb: V, sample: VerbResponsePayload<V>): VerbSample {
  return {verb, side: 'response', sample}
}
