import {readFileSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {RchError} from '@rch/contract'
import {checkResponsePayload, readDocument, type Document} from '@rch/contract/documents'
import {sha256} from '@rch/contract/identity'
import {linkStaysInside, pathProblem} from '@rch/contract/source'
import {makeDirectory} from '../../../infra/files.ts'
import {BlobSink, NotAsSealed, type WantedFile} from './blob-sink.ts'
import type {RenewedCalls} from './renewed-calls.ts'

export interface Seals {
  readonly files: readonly WantedFile[]
  readonly manifest: Document<'manifest'>
}

/**
 * Brings the four documents that bind a set below `directory`.
 * @param jobIndexSha256 of the set that was sealed, where that is known.
 */
export async function bringSeals(calls: RenewedCalls, directory: string, jobId: string, jobIndexSha256: string | null): Promise<Seals> {
  const {payload, body} = await calls.call({part: 'documents'})
  const listed = checkResponsePayload('fetch', payload)
  if (!('files' in listed) || body === null)
    throw new RchError('protocol_error', 'fetch answered no documents.', {data: {field: 'payload.files'}})
  const files = (listed.files ?? []).filter(({path}) => SEALS.has(path))
  const sink = new BlobSink(directory, files)
  try {
    sink.write(body)
    sink.end()
  } finally {
    sink.close()
  }
  const index = readDocument('job_index', readIn(directory, 'job_index.json'))
  if (index.job_id !== jobId || (jobIndexSha256 !== null && index.job_index_sha256 !== jobIndexSha256))
    throw new NotAsSealed('job_index.json', 'another digest than the terminal status names')
  const manifest = readIn(directory, 'manifest.json')
  if (sha256(manifest) !== index.manifest_sha256) throw new NotAsSealed('manifest.json', 'it is not the one that the index names')
  return {files, manifest: readDocument('manifest', manifest)}
}

const SEALS: ReadonlySet<string> = new Set(['manifest.json', 'attestation.json', 'attestation.sig', 'job_index.json'])

/** The files of a set that stand in its manifest by themselves; the trees, which name what is inside directory artifacts, apart. */
export function plainFiles({entries}: Document<'manifest'>): {
  readonly trees: readonly WantedFile[]
  readonly others: readonly WantedFile[]
} {
  const plain = entries.flatMap((entry) =>
    entry.type === 'file' ? [{path: safe(entry.path), bytes: entry.bytes, sha256: entry.sha256}] : [],
  )
  const isTree = ({path}: WantedFile): boolean => path.startsWith('artifact_trees/')
  return {trees: plain.filter(isTree), others: plain.filter((file) => !isTree(file))}
}

/** The files inside directory artifacts, whose trees are there; their links are made, since they hold no bytes. */
export function filesInside(directory: string, {entries}: Document<'manifest'>): readonly WantedFile[] {
  return entries.flatMap((entry) => (entry.type === 'directory' ? treeFiles(directory, entry.path, entry.sha256) : []))
}

function treeFiles(directory: string, path: string, digest: string): readonly WantedFile[] {
  const tree = readDocument('artifact_tree', readIn(directory, `artifact_trees/${path}.tree.json`), {maxBytes: 256 * 1024 * 1024})
  if (tree.tree_sha256 !== digest) throw new NotAsSealed(path, 'its tree is not the one the manifest names')
  makeDirectory(join(directory, safe(path)))
  const files: WantedFile[] = []
  for (const entry of tree.entries) {
    const inside = safe(`${path}/${entry.path}`)
    if (entry.type === 'file') files.push({path: inside, bytes: entry.bytes, sha256: entry.sha256})
    else if (!linkStaysInside(entry.path, entry.link_target)) throw new NotAsSealed(inside, 'it is a link that leaves the set')
    else {
      makeDirectory(dirname(join(directory, inside)))
      symlinkSync(entry.link_target, join(directory, inside))
    }
  }
  return files
}

function safe(path: string): string {
  const problem = pathProblem(path)
  if (problem !== undefined) throw new NotAsSealed(path, problem)
  return path
}

function readIn(directory: string, path: string): Buffer {
  try {
    return readFileSync(join(directory, path))
  } catch {
    throw new NotAsSealed(path, 'it did not come')
  }
}
