import {readdirSync, readFileSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {IDENTIFIER} from '@rch/contract/identity'
import {isErrno} from '../../infra/files.ts'
import {makeDirectories} from '../blobs/blob-files.ts'
import {Received} from './received.ts'

/** The files of one upload. */
export interface Upload {
  readonly owner: string
  readonly id: string
  readonly root: string
  /** Names its parts in the blob store. */
  readonly scope: string
  /** The complete, checked manifest; from then on its blobs are pinned. */
  readonly manifest: string
  /** Where the manifest's chunks wait until all are there. */
  readonly manifestDirectory: string
  readonly manifestParts: Received
  /** Says how long the manifest is, once its last chunk came. */
  readonly manifestEnd: string
  part(from: number): string
  readonly plan: string
  readonly received: Received
  readonly receipt: string
}

/** `stage_receipt.json` without a job's header. */
export interface StageReceipt {
  readonly upload_id: string
  readonly stager: 'cas'
  readonly source_tree_hash: string
  readonly entries: number
  readonly bytes: number
  readonly bytes_sent: number
  readonly files_changed: number
  readonly staged_at: string
  readonly writer: 'harness'
}

export function uploadOf(directory: string, owner: string, id: string): Upload {
  const root = join(directory, id)
  const manifestDirectory = join(root, 'manifest')
  return {
    owner,
    id,
    root,
    scope: `${owner}.${id}`,
    manifest: join(root, 'source_manifest.json'),
    manifestDirectory,
    manifestParts: new Received(join(manifestDirectory, 'received')),
    manifestEnd: join(manifestDirectory, 'end'),
    part: (from) => join(manifestDirectory, `${from}.part`),
    plan: join(root, 'plan'),
    received: new Received(join(root, 'received')),
    receipt: join(root, 'stage_receipt.json'),
  }
}

export function makeUpload(upload: Upload): void {
  makeDirectories(upload.manifestDirectory)
}

/** The ids of an owner's uploads, or the owners of a stage root. */
export function listIdentifiers(directory: string, pattern: RegExp = IDENTIFIER): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => pattern.test(name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

export function readReceipt(upload: Upload): StageReceipt | undefined {
  try {
    const receipt: unknown = JSON.parse(readFileSync(upload.receipt, 'utf8'))
    return isReceipt(receipt) ? receipt : undefined
  } catch (error) {
    // Half a receipt is what a power cut leaves; it is written again.
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** It is written by us only. */
function isReceipt(value: unknown): value is StageReceipt {
  return typeof value === 'object' && value !== null && 'stager' in value && value.stager === 'cas'
}

/** Notes that an upload is in use. */
export function touchUpload(upload: Upload, now: number): void {
  try {
    utimesSync(upload.root, now / 1000, now / 1000)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
