import {randomUUID} from 'node:crypto'
import {existsSync, lstatSync, readdirSync, renameSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {isRchError} from '@rch/contract'
import {readDocument, type VerbRequestPayload, type VerbResponsePayload} from '@rch/contract/documents'
import {IDENTIFIER} from '@rch/contract/identity'
import {readIfThere, writeFileAtomic} from '../infra/files.ts'
import {BlobStore} from './blobs/blob-store.ts'
import {collectBlobs} from './blobs/collect.ts'
import type {WorkerContext} from './context.ts'
import {openUploads} from './open-uploads.ts'
import {sweepUploads} from './run-uploads.ts'
import {transaction} from './state/database.ts'
import {orphanSlots} from './state/slots.ts'
import {removeTree} from './tree/materialise.ts'

type Kind = VerbRequestPayload<'gc'>['what'][number]
type Removed = VerbResponsePayload<'gc'>['removed'][number]

const DAY_MS = 24 * 3600 * 1000
const EVERY_MS = 3600 * 1000
const KINDS: readonly Kind[] = ['jobs', 'stage', 'slots', 'blobs']

/**
 * Deletes what is old and what nobody needs; never what a live job, upload or lease holds. Says what went and why. Throws
 * `cache_lock_timeout` when the contents are locked for longer than `patienceSeconds` (a minute when absent).
 */
export async function collectGarbage(
  context: WorkerContext,
  what: readonly Kind[],
  dryRun: boolean,
  patienceSeconds?: number,
): Promise<VerbResponsePayload<'gc'>> {
  const removed: Removed[] = []
  if (what.includes('jobs')) removed.push(...oldJobs(context, dryRun))
  if (what.includes('stage')) removed.push(...idleUploads(context, dryRun))
  if (what.includes('slots')) removed.push(...oldSlots(context, dryRun))
  if (what.includes('blobs')) removed.push(...(await unusedBlobs(context, dryRun, patienceSeconds)))
  return {removed, freed_bytes: removed.reduce((sum, {bytes}) => sum + bytes, 0), dry_run: dryRun}
}

/**
 * The same after a job, at most once an hour, where the operator has not switched it off. Contents that somebody has locked stay for
 * the next time: whoever waits for the end of a job's supervisor does not wait for them.
 */
export async function collectSometimes(context: WorkerContext): Promise<void> {
  if (!context.config.gc.auto) return
  const marker = join(context.config.roots.jobs_root, 'collected')
  const last = existsSync(marker) ? statSync(marker).mtimeMs : 0
  if (Date.now() - last < EVERY_MS) return
  writeFileAtomic(marker, '')
  try {
    await collectGarbage(context, KINDS, false, 0)
  } catch (error) {
    if (!isRchError(error) || error.code !== 'cache_lock_timeout') throw error
  }
}

/** Sealed jobs beyond their age; the youngest stay whatever their age, failed ones a little longer. */
function oldJobs(context: WorkerContext, dryRun: boolean): Removed[] {
  const {max_age_days, keep_last, keep_failed_days} = context.config.gc
  const root = context.config.roots.jobs_root
  const sealed = list(root)
    .filter((name) => IDENTIFIER.test(name) && existsSync(context.layout.job(name).index))
    .map((name) => ({name, at: statSync(context.layout.job(name).index).mtimeMs}))
    .toSorted((a, b) => b.at - a.at)
  return sealed.slice(keep_last).flatMap(({name, at}): Removed[] => {
    const days = isRed(context, name) ? Math.max(max_age_days, keep_failed_days) : max_age_days
    if (Date.now() - at < days * DAY_MS) return []
    return [{what: 'jobs', name, bytes: dropTree(join(root, name), dryRun), reason: `older than ${days} days`}]
  })
}

function isRed(context: WorkerContext, jobId: string): boolean {
  try {
    return readDocument('summary', readIfThere(join(context.layout.job(jobId).artifacts, 'summary.json')) ?? '').status !== 'success'
  } catch {
    return true
  }
}

function idleUploads(context: WorkerContext, dryRun: boolean): Removed[] {
  const count = sweepUploads(context, dryRun)
  return count === 0 ? [] : [{what: 'stage', name: `${count} uploads`, bytes: 0, reason: 'idle for an hour'}]
}

/** Warm slots that no lease holds and nobody used for long, and isolated ones that a crash left. */
function oldSlots(context: WorkerContext, dryRun: boolean): Removed[] {
  const before = Date.now() - context.config.gc.max_age_days * DAY_MS
  const unused = context.db
    .prepare("SELECT path FROM slots WHERE mode = 'warm' AND lease_id IS NULL AND used_at < ?")
    .all(before)
    .map((row) => String(row['path']))
  const removed = unused.map((path): Removed => {
    const reason = `not used for ${context.config.gc.max_age_days} days`
    if (dryRun) return {what: 'slots', name: path, bytes: sizeOf(path), reason}
    // Under the write lock nobody can claim the slot between the row and the name.
    const aside = transaction(context.db, () => {
      const gone = context.db.prepare('DELETE FROM slots WHERE path = ? AND lease_id IS NULL AND used_at < ?').run(path, before).changes > 0
      return gone ? setAside(path) : null
    })
    return {what: 'slots', name: path, bytes: aside === null ? 0 : dropTree(aside, false), reason}
  })
  if (dryRun) return removed
  return [
    ...removed,
    ...orphanSlots(context.db).map((path): Removed => ({
      what: 'slots',
      name: path,
      bytes: dropTree(path, false),
      reason: 'left by a crash',
    })),
  ]
}

async function unusedBlobs(context: WorkerContext, dryRun: boolean, patienceSeconds: number | undefined): Promise<Removed[]> {
  const uploads = openUploads(context)
  const {max_age_days, max_bytes} = context.config.gc
  const {blobs, bytes} = await collectBlobs(new BlobStore(context.layout.blobs), {
    pinned: () => uploads.pins(),
    now: Date.now(),
    maxAgeMs: max_age_days * DAY_MS,
    maxBytes: max_bytes,
    dryRun,
    ...(patienceSeconds === undefined ? {} : {patienceSeconds}),
  })
  return blobs === 0
    ? []
    : [{what: 'blobs', name: `${blobs} blobs`, bytes, reason: `not used for ${max_age_days} days, or beyond ${max_bytes} bytes`}]
}

function setAside(path: string): string | null {
  const aside = `${path}.gone-${randomUUID()}`
  if (!existsSync(path)) return null
  renameSync(path, aside)
  return aside
}

function dropTree(path: string, dryRun: boolean): number {
  const bytes = sizeOf(path)
  if (!dryRun) removeTree(path)
  return bytes
}

function sizeOf(path: string): number {
  const stat = lstatSync(path, {throwIfNoEntry: false})
  if (stat === undefined) return 0
  return stat.isDirectory() ? list(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size
}

function list(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : []
}
