import {chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'
import {toRchError, type Connection, type RequestStream, type VerbCall, type VerbResponse} from '@rch/contract'
import {sha256, uuidv7} from '@rch/contract/identity'
import {
  AnswerReader,
  describeStream,
  encodeError,
  encodeRequest,
  encodeResponse,
  errorToWire,
  RequestReader,
  type Frames,
} from '@rch/contract/protocol'
import {comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import type {StagedSource} from '../../src/staging/staged-source.ts'
import {BlobStore} from '../../src/worker/blobs/blob-store.ts'
import {UploadRequests, type UploadRequest} from '../../src/worker/uploads/upload-requests.ts'
import {Uploads} from '../../src/worker/uploads/uploads.ts'
import type {UploadLimits, UploadsOptions} from '../../src/worker/uploads/uploads-options.ts'

export const LIMITS: UploadLimits = {max_upload_bytes: 4e9, max_blob_bytes: 4e9, max_entries: 200_000}

/** A directory that is gone after the test. */
export function scratch(base: string = tmpdir()): string {
  const directory = realpathSync(mkdtempSync(join(base, 'rch-staging-')))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

export type Tree = Readonly<Record<string, string | Uint8Array | {readonly link: string} | {readonly executable: string}>>

/** Writes files and answers them as a snapshot would. */
export function makeSource(root: string, tree: Tree): StagedSource {
  const entries: SourceEntry[] = []
  for (const [path, node] of Object.entries(tree)) {
    const file = join(root, path)
    mkdirSync(dirname(file), {recursive: true})
    if (typeof node === 'object' && 'link' in node) {
      symlinkSync(node.link, file)
      entries.push({path, type: 'symlink', mode: '120000', link_target: node.link})
      continue
    }
    const executable = typeof node === 'object' && 'executable' in node
    const content = Buffer.from(executable ? node.executable : typeof node === 'string' ? node : node)
    writeFileSync(file, content)
    if (executable) chmodSync(file, 0o755)
    entries.push({path, type: 'file', mode: executable ? '100755' : '100644', bytes: content.length, sha256: sha256(content)})
  }
  return sourceOf(root, entries)
}

export function sourceOf(root: string, unsorted: readonly SourceEntry[]): StagedSource {
  const entries = unsorted.toSorted((a, b) => comparePaths(a.path, b.path))
  return {entries, sourceTreeHash: sourceTreeHash(entries), manifestBytes: manifestOf(entries), locate: ({path}) => join(root, path)}
}

export function manifestOf(entries: readonly SourceEntry[], changes: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const manifest = {
    created_at: new Date().toISOString(),
    entries,
    kind: 'source_manifest',
    lane_version: '0.1.0',
    schema_id: 'rch-xcode/source_manifest@1',
    schema_version: 1,
    source_tree_hash: sourceTreeHash(entries),
    ...changes,
  }
  return Buffer.from(JSON.stringify(manifest))
}

export interface FakeWorker {
  readonly root: string
  readonly blobs: BlobStore
  readonly uploads: Uploads
  /** Requests through the real handlers; a fresh `UploadRequests` each time, as when every verb is a process of its own. */
  readonly connection: Pick<Connection, 'call' | 'roundTripMs'>
  readonly log: {readonly verb: string; readonly stream: RequestStream}[]
}

/** The worker's side of staging without a transport. */
export function makeWorker(root: string, limits: UploadLimits = LIMITS, owner = 'host', now = Date.now): FakeWorker {
  const stageRoot = join(root, 'stage')
  const open = (): UploadsOptions => {
    const blobs = new BlobStore(join(root, 'cache', 'blobs'))
    return {stageRoot, directoryOf: (name) => join(stageRoot, name), blobs, limits, now}
  }
  const log: {verb: string; stream: RequestStream}[] = []
  const call = async ({verb, payload, body, protocolVersion}: VerbCall): Promise<VerbResponse> => {
    const head = {protocol_version: protocolVersion, request_id: uuidv7()}
    const incoming = new RequestReader()
    for (const frame of encodeRequest({...head, op: verb, payload}, body)) incoming.push(frame)
    const taken = incoming.next()
    if (taken === null || taken.refusal !== null) throw taken?.refusal ?? new Error('half a request')
    const {stream} = taken.request
    if (stream !== null) log.push({verb, stream})
    const outgoing = new AnswerReader({requestId: head.request_id})
    for (const frame of await answer(verb, head, {payload, stream, body: taken.body})) {
      const read = outgoing.push(frame)
      if (read?.ok === true) return read.response
      if (read?.ok === false) throw read.error
    }
    throw new Error('half an answer')
  }
  const answer = async (
    verb: string,
    head: {readonly protocol_version: number; readonly request_id: string},
    request: UploadRequest,
  ): Promise<Frames> => {
    const requests = new UploadRequests(open())
    try {
      const {payload, body} =
        verb === 'missing_blobs' ? await requests.missingBlobs({owner}, request) : await requests.uploadBlobs({owner}, request)
      if (body === undefined) return encodeResponse({...head, payload})
      const {format, bytes} = body
      return encodeResponse({...head, payload: {...payload, stream: describeStream(format, bytes)}}, bytes)
    } catch (error) {
      return [encodeError({...head, error: errorToWire(toRchError(error))})]
    }
  }
  const options = open()
  return {root, log, blobs: options.blobs, uploads: new Uploads(options), connection: {call, roundTripMs: () => 0}}
}
