import {chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'
import {RchError, type RequestStream, type VerbCall, type VerbResponse} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import type {StagedSource} from '../../src/staging/staged-source.ts'
import {BlobStore} from '../../src/worker/blobs/blob-store.ts'
import {Uploads, type UploadLimits} from '../../src/worker/uploads/uploads.ts'

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
  return {entries, sourceTreeHash: sourceTreeHash(entries), manifest: manifestOf(entries), locate: ({path}) => join(root, path)}
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
  /** One request through the real handlers; a fresh `Uploads` each time, as when every verb is a process of its own. */
  call(request: VerbCall): Promise<VerbResponse>
  readonly log: {readonly verb: string; readonly stream: RequestStream}[]
}

/** The worker's side of staging without a transport. */
export function makeWorker(root: string, limits: UploadLimits = LIMITS, owner = 'host'): FakeWorker {
  const stageRoot = join(root, 'stage')
  const open = (): {blobs: BlobStore; uploads: Uploads} => {
    const blobs = new BlobStore(join(root, 'cache', 'blobs'))
    return {blobs, uploads: new Uploads({stageRoot, directoryOf: (name) => join(stageRoot, name), blobs, limits})}
  }
  const log: {verb: string; stream: RequestStream}[] = []
  return {
    root,
    log,
    ...open(),
    async call({verb, payload, body}) {
      const stream = payload['stream'] as RequestStream
      log.push({verb, stream})
      if (stream.content_sha256 !== sha256(body ?? new Uint8Array())) throw new RchError('protocol_error', 'digest of the stream')
      const {uploads} = open()
      const request = {payload, stream, body: body ?? null}
      const answer = verb === 'missing_blobs' ? await uploads.missingBlobs({owner}, request) : await uploads.uploadBlobs({owner}, request)
      return {payload: answer.payload, body: answer.body?.bytes ?? null}
    },
  }
}
