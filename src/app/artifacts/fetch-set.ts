import {chmodSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {createHash, randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {isRchError, RchError, type Connection} from '@rch/contract'
import {checkResponsePayload, readDocument} from '@rch/contract/documents'
import {sha256} from '@rch/contract/identity'
import {describeStream, MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {linkStaysInside, pathProblem} from '@rch/contract/source'
import {isErrno, makeDirectory} from '../../infra/files.ts'
import {checkSet, OTHER_SUBJECT} from './check-set.ts'
import {isLineTrouble} from '../run/follow-job.ts'

export interface FetchOptions {
  readonly jobId: string
  readonly protocolVersion: number
  /** Where the set goes; it appears there whole and checked, or not at all. */
  readonly target: string
  /** From the terminal status: the set that was sealed is the one that comes. */
  readonly jobIndexSha256: string | null
  readonly reconnect: (signal?: AbortSignal) => Promise<Connection>
  readonly onProgress: (bytes: number, total: number) => void
  readonly signal?: AbortSignal | undefined
}

interface Wanted {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What was written by this process from bytes that had the digest they were asked for by; by path. */
type Written = Map<string, Wanted>

const TRIES = 5
const HEADER_BYTES = 40

/**
 * Brings a sealed set home: the four documents that bind it first, then every content by its digest, once, in resumable chunks.
 * Everything is checked against the seal before the set gets its name; a set that is there and whole moves nothing. Throws
 * `integrity_mismatch`, `attestation_subject_mismatch`, `artifacts_gone`, `transfer_failed`, `host_disk_full`.
 */
export async function fetchSet(
  connection: Connection,
  options: FetchOptions,
): Promise<{readonly bytes: number; readonly connection: Connection}> {
  const {target} = options
  if (existsSync(join(target, 'job_index.json')) && checkSet(target).errors.length === 0) return {bytes: 0, connection}
  const partial = `${target}.partial-${randomUUID()}`
  const way = new Way(connection, options)
  makeDirectory(dirname(target))
  makeDirectory(partial)
  try {
    const written: Written = new Map()
    const bytes = await download(way, partial, options, written)
    const {errors, files} = checkSet(partial, written)
    if (errors.length > 0) {
      const [first] = errors
      if (errors.length === 1 && first?.problem === OTHER_SUBJECT)
        throw new RchError('attestation_subject_mismatch', undefined, {data: {integrity_errors: errors}})
      throw new RchError('integrity_mismatch', `The set of ${options.jobId} is not what was sealed: ${first?.path}: ${first?.problem}`, {
        data: {count: errors.length, integrity_errors: errors.slice(0, 50)},
      })
    }
    for (const {path} of files) chmodSync(join(partial, path), 0o444)
    publish(partial, target)
    return {bytes, connection: way.connection}
  } catch (error) {
    if (isErrno(error, 'ENOSPC', 'EDQUOT')) throw new RchError('host_disk_full', undefined, {cause: error})
    throw error
  } finally {
    rmSync(partial, {recursive: true, force: true})
  }
}

async function download(way: Way, partial: string, options: FetchOptions, written: Written): Promise<number> {
  const {jobId, jobIndexSha256} = options
  const seals = await way.call({job_id: jobId, part: 'documents'})
  const listed = checkResponsePayload('fetch', seals.payload)
  if (!('files' in listed) || seals.body === null)
    throw new RchError('protocol_error', 'fetch answered no documents.', {data: {field: 'payload.files'}})
  const files: readonly Wanted[] = (listed.files ?? []).filter(({path}) => SEALS.has(path))
  let received = writeStream(partial, files, seals.body, written)
  const index = readDocument('job_index', readIn(partial, 'job_index.json'))
  if (index.job_id !== jobId || (jobIndexSha256 !== null && index.job_index_sha256 !== jobIndexSha256)) {
    throw new RchError('integrity_mismatch', `The worker served another set than it sealed for ${jobId}.`, {
      data: {count: 1, integrity_errors: [{path: 'job_index.json', problem: 'another digest than the terminal status names'}]},
    })
  }
  const manifestBytes = readIn(partial, 'manifest.json')
  if (sha256(manifestBytes) !== index.manifest_sha256)
    throw new RchError('integrity_mismatch', 'manifest.json is not the one the index names.', {
      data: {count: 1, integrity_errors: [{path: 'manifest.json', problem: 'digest'}]},
    })
  const manifest = readDocument('manifest', manifestBytes)
  const plain = manifest.entries
    .filter((entry) => entry.type === 'file')
    .map(({path, bytes, sha256: digest}) => ({path: safe(path), bytes, sha256: digest}))
  const trees = plain.filter(({path}) => path.startsWith('artifact_trees/'))
  const total = (): number => received + rest.reduce((sum, {bytes}) => sum + bytes, 0)
  let rest: readonly Wanted[] = plain
  // The trees first: they name what is inside directory artifacts.
  received += await bring(way, partial, trees, options, written, (bytes) => options.onProgress(received + bytes, total()))
  const inside = manifest.entries
    .filter((entry) => entry.type === 'directory')
    .flatMap((entry) => treeFiles(partial, entry.path, entry.sha256))
  rest = [...plain.filter((file) => !trees.includes(file)), ...inside]
  const before = received
  received += await bring(way, partial, rest, options, written, (bytes) =>
    options.onProgress(before + bytes, before + rest.reduce((sum, file) => sum + file.bytes, 0)),
  )
  return received
}

const SEALS: ReadonlySet<string> = new Set(['manifest.json', 'attestation.json', 'attestation.sig', 'job_index.json'])

/** The files of one directory artifact; its links are made here, since they hold no bytes. */
function treeFiles(partial: string, path: string, digest: string): Wanted[] {
  const tree = readDocument('artifact_tree', readIn(partial, `artifact_trees/${path}.tree.json`), {maxBytes: 256 * 1024 * 1024})
  if (tree.tree_sha256 !== digest)
    throw new RchError('integrity_mismatch', `${path}: its tree is not the one the manifest names.`, {
      data: {count: 1, integrity_errors: [{path, problem: 'tree hash'}]},
    })
  makeDirectory(join(partial, safe(path)))
  const files: Wanted[] = []
  for (const entry of tree.entries) {
    const inside = safe(`${path}/${entry.path}`)
    if (entry.type === 'file') files.push({path: inside, bytes: entry.bytes, sha256: entry.sha256})
    else if (!linkStaysInside(entry.path, entry.link_target))
      throw new RchError('integrity_mismatch', `${inside} is a link that leaves the set.`, {
        data: {count: 1, integrity_errors: [{path: inside, problem: 'link leaves the set'}]},
      })
    else {
      makeDirectory(dirname(join(partial, inside)))
      symlinkSync(entry.link_target, join(partial, inside))
    }
  }
  return files
}

/** Brings files by digest; equal contents travel once. The next answer is on its way while one is written. */
async function bring(
  way: Way,
  partial: string,
  files: readonly Wanted[],
  options: FetchOptions,
  written: Written,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()]
  const sink = new BlobSink(partial, files, distinct, written)
  const asked: Promise<Uint8Array>[] = []
  const pieces = piecesOf(distinct)
  try {
    const transferBytes = pieces.reduce((sum, {bytes}) => sum + bytes, 0)
    for (let index = 0; index < pieces.length; index += 1) {
      for (let next = asked.length; next < Math.min(pieces.length, index + IN_FLIGHT); next += 1) {
        const answer = askFor(way, options.jobId, pieces[next]!, transferBytes)
        // It is awaited in its turn, which may never come.
        answer.catch(() => {})
        asked.push(answer)
      }
      const bytes = await asked[index]!
      asked[index] = NOTHING
      sink.write(bytes)
      onBytes(sink.bytes)
    }
  } finally {
    sink.close()
    await Promise.allSettled(asked)
  }
  return sink.bytes
}

/** Enough that the worker reads while this side writes. */
const IN_FLIGHT = 2
/** Small enough that what is in flight costs little memory on either side. */
const PIECE_BYTES = Math.min(MAX_CHUNK_BYTES, 4 * 1024 * 1024)
const NOTHING = Promise.resolve(new Uint8Array())

/** One answer's worth of the blob stream: some whole files, or a part of a large one. */
interface Piece {
  readonly digests: Uint8Array
  readonly offset: number
  readonly bytes: number
}

function piecesOf(files: readonly Wanted[]): readonly Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; from < files.length;) {
    let to = from
    let total = 0
    do total += HEADER_BYTES + (files[to++]?.bytes ?? 0)
    while (to < files.length && total + HEADER_BYTES + (files[to]?.bytes ?? 0) <= PIECE_BYTES)
    const digests = Buffer.concat(files.slice(from, to).map((file) => Buffer.from(file.sha256, 'hex')))
    for (let offset = 0; offset < total; offset += PIECE_BYTES) pieces.push({digests, offset, bytes: Math.min(PIECE_BYTES, total - offset)})
    from = to
  }
  return pieces
}

async function askFor(way: Way, jobId: string, {digests, offset, bytes}: Piece, transferBytes: number): Promise<Uint8Array> {
  const {payload, body} = await way.call(
    {job_id: jobId, part: 'blobs', offset, max_bytes: bytes, stream: describeStream('digests', digests)},
    digests,
    transferBytes,
  )
  const answer = checkResponsePayload('fetch', payload)
  if (!('next_offset' in answer) || body?.length !== bytes || answer.next_offset !== offset + bytes)
    throw new RchError('protocol_error', 'fetch answered another chunk than was asked for.', {data: {field: 'payload.next_offset'}})
  return body
}

/** Cuts the blob stream into the files it holds; each is checked against its digest as it ends. */
class BlobSink {
  readonly #partial: string
  readonly #copies: ReadonlyMap<string, readonly Wanted[]>
  readonly #queue: readonly Wanted[]
  readonly #written: Written
  readonly #folders = new Set<string>()
  #index = 0
  #header = Buffer.alloc(0)
  #open: {readonly fd: number; readonly hash: ReturnType<typeof createHash>; left: number} | null = null
  bytes = 0

  constructor(partial: string, files: readonly Wanted[], distinct: readonly Wanted[], written: Written) {
    this.#partial = partial
    this.#written = written
    this.#queue = distinct
    this.#copies = Map.groupBy(files, (file) => file.sha256)
  }

  write(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      const file = this.#queue[this.#index]
      if (file === undefined) throw mismatch('(stream)', 'more bytes than were asked for')
      if (this.#open === null) {
        const need = HEADER_BYTES - this.#header.length
        this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + need)])
        at = Math.min(chunk.length, at + need)
        if (this.#header.length < HEADER_BYTES) return
        this.#begin(file)
      }
      const open = this.#open
      if (open === null) continue
      const piece = chunk.subarray(at, at + open.left)
      for (let offset = 0; offset < piece.length;) offset += writeSync(open.fd, piece, offset)
      open.hash.update(piece)
      open.left -= piece.length
      at += piece.length
      this.bytes += piece.length
      if (open.left === 0) this.#finish(file)
    }
  }

  close(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }

  #begin(file: Wanted): void {
    const digest = this.#header.toString('hex', 0, 32)
    const length = this.#header.readBigUInt64BE(32)
    this.#header = Buffer.alloc(0)
    if (digest !== file.sha256 || length !== BigInt(file.bytes)) throw mismatch(file.path, 'the worker announces other contents')
    const path = join(this.#partial, file.path)
    this.#makeFolder(dirname(path))
    this.#open = {fd: openSync(path, 'wx', 0o600), hash: createHash('sha256'), left: file.bytes}
    if (file.bytes === 0) this.#finish(file)
  }

  #finish(file: Wanted): void {
    if (this.#open === null) return
    closeSync(this.#open.fd)
    const found = this.#open.hash.digest('hex')
    this.#open = null
    if (found !== file.sha256) throw mismatch(file.path, `it hashes to ${found}`)
    for (const copy of this.#copies.get(file.sha256) ?? []) {
      if (copy.path === file.path) continue
      this.#makeFolder(dirname(join(this.#partial, copy.path)))
      const fd = openSync(join(this.#partial, copy.path), 'wx', 0o600)
      try {
        writeSync(fd, readFileSync(join(this.#partial, file.path)))
      } finally {
        closeSync(fd)
      }
      this.#written.set(copy.path, copy)
    }
    this.#written.set(file.path, file)
    this.#index += 1
  }

  #makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return
    makeDirectory(folder)
    this.#folders.add(folder)
  }
}

function writeStream(partial: string, files: readonly Wanted[], body: Uint8Array, written: Written): number {
  const sink = new BlobSink(partial, files, files, written)
  try {
    sink.write(body)
  } finally {
    sink.close()
  }
  return sink.bytes
}

/** Calls over a connection that is replaced when it breaks; nothing that arrived is asked for again. */
class Way {
  connection: Connection
  readonly #options: FetchOptions
  #renewing: Promise<void> | null = null

  constructor(connection: Connection, options: FetchOptions) {
    this.connection = connection
    this.#options = options
  }

  async call(
    payload: Readonly<Record<string, unknown>>,
    body?: Uint8Array,
    transferBytes = 0,
  ): Promise<{readonly payload: Readonly<Record<string, unknown>>; readonly body: Uint8Array | null}> {
    const {protocolVersion, signal} = this.#options
    for (let tries = 1; ; tries++) {
      const {connection} = this
      try {
        return await connection.call(
          {
            verb: 'fetch',
            payload,
            protocolVersion,
            transferBytes,
            checksContents: transferBytes > 0,
            ...(body === undefined ? {} : {body}),
          },
          signal,
        )
      } catch (error) {
        if (!isRchError(error) || !isLineTrouble(error)) throw error
        if (tries > TRIES)
          throw new RchError('transfer_failed', undefined, {
            data: {tries},
            cause: error,
            hint: `Run \`rch xcode fetch ${this.#options.jobId}\`.`,
          })
        // Calls that failed together share one new connection.
        if (this.connection === connection) await (this.#renewing ??= this.#renew(tries).finally(() => (this.#renewing = null)))
      }
    }
  }

  async #renew(tries: number): Promise<void> {
    const {reconnect, signal} = this.#options
    await delay(Math.min(5000, 200 * 2 ** tries))
    try {
      const fresh = await reconnect(signal)
      await this.connection.close()
      this.connection = fresh
    } catch (again) {
      if (!isRchError(again) || !isLineTrouble(again)) throw again
    }
  }
}

/** Gives the checked set its name. Of two fetches at once the first one wins; the sets are the same. */
function publish(partial: string, target: string): void {
  if (existsSync(target)) rmSync(target, {recursive: true, force: true})
  try {
    renameSync(partial, target)
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

function safe(path: string): string {
  const problem = pathProblem(path)
  if (problem !== undefined) throw mismatch(path, problem)
  return path
}

function readIn(directory: string, path: string): Buffer {
  try {
    return readFileSync(join(directory, path))
  } catch {
    throw mismatch(path, 'it did not come')
  }
}

function mismatch(path: string, problem: string): RchError {
  return new RchError('integrity_mismatch', `${path}: ${problem}`, {data: {count: 1, integrity_errors: [{path, problem}]}})
}
