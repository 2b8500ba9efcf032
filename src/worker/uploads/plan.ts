import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {BlobLayout, encodeBitmap, type BlobRef} from '@rch/contract/source'
import {isErrno} from '../../infra/files.ts'
import type {CheckedManifest} from './validate-manifest.ts'

const ROW_BYTES = 40

interface Summary {
  readonly source_tree_hash: string
  readonly entries: number
  /** Of all files of the manifest. */
  readonly bytes: number
  readonly manifest_bytes: number
  readonly manifest_sent: number
}

/** What an upload must bring: decided once, when its manifest is complete, and never changed. */
export interface Plan extends Summary {
  readonly bitmap: Uint8Array
  readonly layout: BlobLayout
}

/**
 * Writes a plan, unless another process was first: then that one holds, since its bitmap may have been answered. The
 * directory appears whole, by one rename.
 */
export function publishPlan(
  directory: string,
  manifest: CheckedManifest,
  missing: readonly (BlobRef & {readonly index: number})[],
  size: {readonly manifest_bytes: number; readonly manifest_sent: number},
): Plan {
  const temporary = `${directory}.tmp-${randomUUID()}`
  mkdirSync(temporary, {mode: 0o700})
  try {
    const blobs = Buffer.allocUnsafe(missing.length * ROW_BYTES)
    for (const [row, {sha256, bytes}] of missing.entries()) {
      blobs.write(sha256, row * ROW_BYTES, 'hex')
      blobs.writeBigUInt64BE(BigInt(bytes), row * ROW_BYTES + 32)
    }
    const {source_tree_hash, entries, bytes} = manifest
    const bitmap = encodeBitmap(
      entries.length,
      missing.map(({index}) => index),
    )
    writeFileSync(
      join(temporary, 'summary.json'),
      JSON.stringify({source_tree_hash, entries: entries.length, bytes, ...size} satisfies Summary),
    )
    writeFileSync(join(temporary, 'bitmap'), bitmap)
    writeFileSync(join(temporary, 'blobs'), blobs)
    renameSync(temporary, directory)
  } catch (error) {
    rmSync(temporary, {recursive: true, force: true})
    if (!isErrno(error, 'EEXIST', 'ENOTEMPTY')) throw error
  }
  const plan = readPlan(directory)
  if (plan === null) throw new Error(`the plan ${directory} went away`)
  return plan
}

/** The plan of an upload, or `null` while its manifest is not complete. */
export function readPlan(directory: string): Plan | null {
  let summary: string
  try {
    summary = readFileSync(join(directory, 'summary.json'), 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
  const known: unknown = JSON.parse(summary)
  if (!isSummary(known)) throw new Error(`no plan: ${directory}`)
  const rows = readFileSync(join(directory, 'blobs'))
  const blobs: BlobRef[] = []
  for (let at = 0; at < rows.length; at += ROW_BYTES) {
    blobs.push({sha256: rows.toString('hex', at, at + 32), bytes: Number(rows.readBigUInt64BE(at + 32))})
  }
  const layout = new BlobLayout(blobs)
  return {...known, bitmap: readFileSync(join(directory, 'bitmap')), layout}
}

/** It is written by us only. */
function isSummary(value: unknown): value is Summary {
  return typeof value === 'object' && value !== null && 'source_tree_hash' in value && 'manifest_sent' in value
}
