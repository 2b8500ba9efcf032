import {closeSync, existsSync, openSync, readFileSync, readSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import {RchError} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {pathProblem} from '@rch/contract/source'
import type {VerbAnswer, VerbHandler} from '../context.ts'
import type {JobLayout} from '../layout.ts'
import {recoverJob} from '../recovery.ts'
import {ownJob} from '../state/jobs.ts'
import {sealedFiles, type SealedFile} from './sealed-files.ts'
import {readPayload} from './payload.ts'

/** What binds a sealed set; everything else is fetched by the digests they name. */
const SEALS = ['manifest.json', 'attestation.json', 'attestation.sig', 'job_index.json'] as const

/**
 * A sealed set in parts: `documents` (the four files that bind it), `blobs` (listed digests, as one virtual stream cut into
 * chunks), `range` (bytes of one file). Only the caller's own sealed jobs; nothing is served before the seal.
 */
export const fetchArtifacts: VerbHandler = async (context, request) => {
  const payload = await readPayload('fetch', request)
  ownJob(context.db, context.owner, payload.job_id)
  const job = context.layout.job(payload.job_id)
  if (!existsSync(job.index)) {
    await recoverJob(context, payload.job_id)
    if (!existsSync(job.root)) throw new RchError('artifacts_gone', undefined, {data: {job_id: payload.job_id}})
    if (!existsSync(job.index))
      throw new RchError('protocol_error', `Job ${payload.job_id} is not sealed yet.`, {
        data: {field: 'job_id'},
        hint: 'Run `rch xcode watch` and fetch when it has ended.',
      })
  }
  switch (payload.part) {
    case 'documents':
      return fetchSeals(job)
    case 'blobs':
      return fetchBlobs(job, request.body, payload.offset ?? 0, Math.min(payload.max_bytes ?? MAX_CHUNK_BYTES, MAX_CHUNK_BYTES))
    case 'range':
      return fetchRange(job, payload.path ?? '', payload.offset ?? 0, Math.min(payload.length ?? MAX_CHUNK_BYTES, MAX_CHUNK_BYTES))
  }
}

function fetchSeals(job: JobLayout): VerbAnswer {
  const files = SEALS.filter((name) => existsSync(join(job.artifacts, name))).map((name) => ({
    name,
    bytes: readFileSync(join(job.artifacts, name)),
  }))
  return {
    payload: {files: files.map(({name, bytes}) => ({path: name, bytes: bytes.length, sha256: sha256(bytes)}))},
    body: {format: 'blobs', bytes: Buffer.concat(files.flatMap(({bytes}) => [blobHeader(sha256(bytes), bytes.length), bytes]))},
  }
}

function fetchBlobs(job: JobLayout, digests: Uint8Array | null, offset: number, maxBytes: number): VerbAnswer {
  if (digests === null || digests.length % 32 !== 0)
    throw new RchError('protocol_error', 'fetch part "blobs" takes a stream of 32-byte digests.', {data: {field: 'payload.stream'}})
  const known = byDigest(sealedFiles(job))
  const wanted: SealedFile[] = []
  for (let at = 0; at < digests.length; at += 32) {
    const digest = Buffer.from(digests.subarray(at, at + 32)).toString('hex')
    const file = known.get(digest)
    if (file === undefined) throw new RchError('artifacts_gone', `No file of the job has the digest ${digest}.`, {data: {digest}})
    wanted.push(file)
  }
  const total = wanted.reduce((sum, file) => sum + HEADER_BYTES + file.bytes, 0)
  const bytes = sliceOf(wanted, offset, Math.min(maxBytes, Math.max(0, total - offset)))
  const next_offset = offset + bytes.length
  return {payload: {next_offset, total_bytes: total, complete: next_offset >= total}, body: {format: 'blobs', bytes}}
}

const digestsOf = new WeakMap<readonly SealedFile[], ReadonlyMap<string, SealedFile>>()

function byDigest(files: readonly SealedFile[]): ReadonlyMap<string, SealedFile> {
  const known = digestsOf.get(files) ?? new Map(files.map((file) => [file.sha256, file]))
  digestsOf.set(files, known)
  return known
}

function fetchRange(job: JobLayout, path: string, offset: number, length: number): VerbAnswer {
  const known =
    pathProblem(path) === undefined && (SEALS.some((name) => name === path) || sealedFiles(job).some((file) => file.path === path))
  if (!known) throw new RchError('artifacts_gone', `The job has no file ${JSON.stringify(path)}.`, {data: {path}})
  const file = join(job.artifacts, path)
  const {size} = statSync(file)
  const bytes = readRange(file, offset, Math.max(0, Math.min(length, size - offset)))
  return {
    payload: {next_offset: offset + bytes.length, total_bytes: size, complete: offset + bytes.length >= size},
    body: {format: 'log', bytes},
  }
}

const HEADER_BYTES = 40

function blobHeader(digest: string, length: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write(digest, 0, 'hex')
  header.writeBigUInt64BE(BigInt(length), 32)
  return header
}

/** Kept from one answer to the next, which comes when this one was written. */
let memory = Buffer.alloc(0)

/** `length` bytes from `offset` of the stream that all wanted files would make, without making it; they hold until the next call. */
function sliceOf(files: readonly SealedFile[], offset: number, length: number): Buffer {
  if (memory.length < length) memory = Buffer.allocUnsafeSlow(length)
  const slice = memory.subarray(0, length)
  let done = 0
  let skip = offset
  for (const file of files) {
    const size = HEADER_BYTES + file.bytes
    if (done === length) break
    if (skip >= size) {
      skip -= size
      continue
    }
    if (skip < HEADER_BYTES) {
      const head = blobHeader(file.sha256, file.bytes).subarray(skip, Math.min(HEADER_BYTES, skip + length - done))
      slice.set(head, done)
      done += head.length
      skip += head.length
    }
    const count = Math.min(length - done, size - skip)
    readInto(file.file, skip - HEADER_BYTES, slice.subarray(done, done + count))
    done += count
    skip = 0
  }
  return slice.subarray(0, done)
}

function readRange(file: string, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  readInto(file, offset, bytes)
  return bytes
}

/** Fills `bytes` from a file of the set. @throws RchError `artifacts_gone` when it ends before. */
function readInto(file: string, offset: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return
  const fd = openSync(file, 'r')
  try {
    for (let done = 0; done < bytes.length;) {
      const count = readSync(fd, bytes, done, bytes.length - done, offset + done)
      if (count === 0)
        throw new RchError('artifacts_gone', `${basename(file)} is shorter than what was sealed.`, {data: {path: basename(file)}})
      done += count
    }
  } finally {
    closeSync(fd)
  }
}
