import {statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {ScanContext} from '../scan-context.ts'
import type {TreeBuilder} from '../tree-builder.ts'
import {fileEntry} from '../tree-builder.ts'
import type {GitConfig} from './config.ts'
import type {Repository} from './repository.ts'
import {runGit} from './run-git.ts'

export interface LfsInput {
  readonly context: ScanContext
  readonly builder: TreeBuilder
  readonly repository: Repository
  readonly config: GitConfig
  /** Files that git-lfs left as pointers in this work tree: path from the root, and the pointer's text. */
  readonly pointers: ReadonlyMap<string, string>
  readonly toTop: (path: string) => string
}

/**
 * Puts the content in the place of LFS pointers, from git-lfs's local store, when the profile requires it. A pointer names its
 * content by SHA-256, so nothing has to be read.
 */
export async function resolveLfs({context, builder, repository, config, pointers, toTop}: LfsInput): Promise<void> {
  const managed = await managedByLfs(repository.top, [...pointers.keys()].map(toTop), context.signal)
  for (const [path, text] of pointers) {
    if (!managed.has(toTop(path))) continue
    const pointer = parsePointer(text)
    if (context.source.lfs === 'pointers' || pointer === undefined) {
      builder.pointers++
      continue
    }
    const place = storePlace(repository, config, pointer.sha256)
    if (statSync(place, {throwIfNoEntry: false})?.size === pointer.bytes) {
      builder.replace(path, (mode) => fileEntry(path, mode, pointer.bytes, pointer.sha256))
      builder.places.set(path, place)
      builder.materialised++
    } else builder.problems.add('lfs_pointer_unresolved', path)
  }
}

/** Those of the paths (relative to the top) whose `filter` attribute is `lfs`, as git decides it. */
async function managedByLfs(top: string, paths: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set()
  const answer = await runGit(top, ['check-attr', '-z', '--stdin', 'filter'], {input: paths.map((path) => `${path}\0`).join(''), signal})
  const fields = answer.toString('utf8').split('\0')
  const managed = new Set<string>()
  for (let i = 0; i + 2 < fields.length; i += 3) if (fields[i + 2] === 'lfs') managed.add(fields[i] ?? '')
  return managed
}

function parsePointer(text: string): {readonly sha256: string; readonly bytes: number} | undefined {
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1]
  const bytes = /^size (\d{1,15})$/m.exec(text)?.[1]
  return sha256 === undefined || bytes === undefined ? undefined : {sha256, bytes: Number(bytes)}
}

function storePlace({commonDir}: Repository, {lfsStorage}: GitConfig, sha256: string): string {
  const store = lfsStorage === null ? join(commonDir, 'lfs') : resolve(commonDir, lfsStorage)
  return join(store, 'objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
}
