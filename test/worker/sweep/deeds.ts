import {join} from 'node:path'
import {sha256} from '@rch/contract/identity'
import {describeStream} from '@rch/contract/protocol'
import {blobHeader, comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import type {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {BlobStore as Store} from '../../../src/worker/blobs/blob-store.ts'
import {UploadRequests} from '../../../src/worker/uploads/upload-requests.ts'

export interface Content {
  readonly sha256: string
  readonly bytes: number
  readonly content: Uint8Array
}

function content(bytes: Uint8Array): Content {
  return {sha256: sha256(bytes), bytes: bytes.length, content: bytes}
}

export const smallBlobs: readonly Content[] = Array.from({length: 40}, (_, i) => content(Buffer.from(`small ${i}\n`.repeat(i + 1))))
export const looseBlob = content(Buffer.alloc(100_000, 'loose'))
export const largeBlob = content(Buffer.alloc(150_000, 'parts'))
export const allBlobs: readonly Content[] = [...smallBlobs, looseBlob, largeBlob]
export const CHUNK = 90_000

/** Every way to store a blob: many in one file, one by itself, one of parts, one from a stream. */
export async function putBlobs(blobs: BlobStore): Promise<void> {
  await blobs.putMany(smallBlobs)
  await blobs.putMany([looseBlob])
  await blobs.parts.write('scope', largeBlob, 70_000, largeBlob.content.subarray(70_000))
  await blobs.parts.write('scope', largeBlob, 0, largeBlob.content.subarray(0, 70_000))
  await blobs.parts.adopt('scope', largeBlob)
}

function entry(path: string, {sha256, bytes}: Content): SourceEntry {
  return {path, type: 'file', mode: path.endsWith('.sh') ? '100755' : '100644', bytes, sha256}
}

/** A first source, and one that adds, changes and removes files and directories. */
export function deedEntries(deed: 'new' | 'update'): readonly SourceEntry[] {
  const [a, b, c, d] = smallBlobs
  const common = [
    entry('keep/one', a!),
    entry('keep/two.sh', b!),
    {path: 'keep/link', type: 'symlink', mode: '120000', link_target: 'one'} as const,
  ]
  const own =
    deed === 'new'
      ? [entry('gone/x', a!), entry('change', b!), entry('loose', looseBlob)]
      : [entry('fresh/y', c!), entry('change', d!), entry('loose', looseBlob)]
  return [...common, ...own].toSorted((x, y) => comparePaths(x.path, y.path))
}

export function uploadOfAll(): {readonly manifest: Uint8Array; readonly stream: Uint8Array; readonly entries: readonly SourceEntry[]} {
  const entries = allBlobs.map((blob, i) => entry(`f${100 + i}`, blob))
  const head = {entries, kind: 'source_manifest', schema_id: 'rch-xcode/source_manifest@1', schema_version: 1}
  const manifest = Buffer.from(JSON.stringify({...head, source_tree_hash: sourceTreeHash(entries)}))
  return {entries, manifest, stream: Buffer.concat(allBlobs.flatMap((blob) => [blobHeader(blob), blob.content]))}
}

export const UPLOAD_ID = '01a1fb9c-85e8-7676-8162-a1628e08dfa8'

/** Brings an upload from wherever it is to its receipt, each request as a process of its own would. */
export async function resumeUpload(
  root: string,
  manifest: Uint8Array,
  stream: Uint8Array,
  chunk: number,
): Promise<Readonly<Record<string, unknown>>> {
  const stageRoot = join(root, 'stage')
  const limits = {max_upload_bytes: 1e9, max_blob_bytes: 1e9, max_entries: 1000}
  const directoryOf = (owner: string): string => join(stageRoot, owner)
  const open = (): UploadRequests =>
    new UploadRequests({stageRoot, directoryOf, blobs: new Store(join(root, 'blobs')), limits, now: Date.now})
  const ask = async (
    verb: 'missingBlobs' | 'uploadBlobs',
    body: Uint8Array,
    offset: number,
    last: boolean,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const described = describeStream(verb === 'missingBlobs' ? 'manifest' : 'blobs', body, {upload_id: UPLOAD_ID, offset, last})
    return (await open()[verb]({owner: 'host'}, {payload: {}, stream: described, body})).payload
  }
  const asked = await ask('missingBlobs', new Uint8Array(), 0, false)
  let known = asked
  if (asked['complete'] !== true) {
    const offset = Number(asked['next_offset'])
    known = await ask('missingBlobs', manifest.subarray(offset), offset, true)
  }
  if (known['receipt'] !== undefined) return known
  for (;;) {
    const state = await ask('uploadBlobs', new Uint8Array(), 0, false)
    if (state['complete'] === true) return state
    const offset = Number(state['next_offset'])
    await ask('uploadBlobs', stream.subarray(offset, offset + chunk), offset, offset + chunk >= stream.length)
  }
}
