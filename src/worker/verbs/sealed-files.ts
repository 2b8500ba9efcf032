import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {readDocument} from '@rch/contract/documents'
import type {JobLayout} from '../layout.ts'

export interface SealedFile {
  /** Relative to the sealed set. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** Where it lies on this machine. */
  readonly file: string
}

let last: {readonly root: string; readonly files: readonly SealedFile[]} | null = null

/**
 * Every file that a sealed set's manifest names, those inside directory artifacts included; symbolic links hold no bytes. The last
 * answer is kept: a sealed set does not change, and a session asks often about one.
 */
export function sealedFiles(job: JobLayout): readonly SealedFile[] {
  if (last?.root !== job.artifacts) last = {root: job.artifacts, files: readSealedFiles(job)}
  return last.files
}

function readSealedFiles(job: JobLayout): readonly SealedFile[] {
  const manifest = readDocument('manifest', readFileSync(join(job.artifacts, 'manifest.json')))
  return manifest.entries.flatMap((entry): SealedFile[] => {
    if (entry.type === 'file') return [{path: entry.path, bytes: entry.bytes, sha256: entry.sha256, file: join(job.artifacts, entry.path)}]
    const tree = readDocument('artifact_tree', readFileSync(join(job.artifacts, `artifact_trees/${entry.path}.tree.json`)))
    return tree.entries.flatMap((file) =>
      file.type === 'file'
        ? [{path: `${entry.path}/${file.path}`, bytes: file.bytes, sha256: file.sha256, file: join(job.artifacts, entry.path, file.path)}]
        : [],
    )
  })
}
