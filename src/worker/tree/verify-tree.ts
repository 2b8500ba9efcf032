import {lstatSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import {digestOfFile} from '../blobs/digest-of-file.ts'
import {Breather} from '../platform/breather.ts'
import {walkTree} from './walk-tree.ts'

export interface TreeVerification {
  /** Of what stands under the manifest's paths now; the job's exactly when nothing was modified or is missing. */
  readonly source_tree_hash: string
  readonly modified: readonly string[]
  readonly missing: readonly string[]
  /** Files outside the manifest. */
  readonly extras: readonly string[]
}

/** Hashes a whole tree afresh and compares it with the manifest: content, permission to execute, links and names. */
export async function verifyTree(source: string, entries: readonly SourceEntry[]): Promise<TreeVerification> {
  const nodes = walkTree(source)
  const wanted = new Set(entries.map(({path}) => path))
  const found: SourceEntry[] = []
  const modified: string[] = []
  const missing: string[] = []
  const breather = new Breather()
  for (const entry of entries) {
    const actual = nodes.has(entry.path) ? await entryAt(source, entry.path) : undefined
    if (actual !== undefined) found.push(actual)
    if (actual === undefined) (nodes.has(entry.path) ? modified : missing).push(entry.path)
    else if (sourceTreeHash([actual]) !== sourceTreeHash([entry])) modified.push(entry.path)
    await breather.pause()
  }
  const extras = [...nodes].filter(([path, kind]) => kind !== 'directory' && !wanted.has(path)).map(([path]) => path)
  return {source_tree_hash: sourceTreeHash(found), modified, missing, extras: extras.toSorted(comparePaths)}
}

async function entryAt(source: string, path: string): Promise<SourceEntry | undefined> {
  const file = join(source, path)
  const stat = lstatSync(file)
  if (stat.isSymbolicLink()) return {path, type: 'symlink', mode: '120000', link_target: readlinkSync(file)}
  if (!stat.isFile()) return undefined
  const sha256 = await digestOfFile(file, stat.size)
  return sha256 === null ? undefined : {path, type: 'file', mode: (stat.mode & 0o100) === 0 ? '100644' : '100755', bytes: stat.size, sha256}
}
