import {lstatSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../infra/files.ts'
import {Breather} from '../platform/breather.ts'
import type {BlobStore} from './blob-store.ts'
import {whileCollecting} from './collecting.ts'

const HOUR_MS = 60 * 60 * 1000
/** How many files one round deletes before others get their turn. */
const ROUND = 1000
/** A pack is rewritten once less than this share of its bytes is wanted. */
const LIVE_SHARE = 0.5

export interface CollectOptions {
  /** Digests that something living needs; asked again before each round of deletions. */
  readonly pinned: () => ReadonlySet<string> | Promise<ReadonlySet<string>>
  readonly now: number
  /** Unpinned blobs unused for this long go. */
  readonly maxAgeMs: number
  /** Beyond this the unpinned go as well, least recently used first. */
  readonly maxBytes: number
  /** Nothing younger than this is touched: somebody may be about to pin it. One hour when absent. */
  readonly graceMs?: number
  readonly dryRun?: boolean
  /** For how long others may keep the lock before `cache_lock_timeout`. A minute when absent. */
  readonly patienceSeconds?: number
}

export interface Collected {
  readonly blobs: number
  readonly bytes: number
  readonly keptBlobs: number
  readonly keptBytes: number
}

interface Candidate {
  readonly path: string
  /** `null` for a blob with a file of its own. */
  readonly pack: string | null
  readonly usedAt: number
  readonly bytes: number
  readonly digests: readonly string[]
}

/**
 * Deletes blobs that nothing pins and nobody used lately, and what crashes left in temporary directories. Safe beside uploads
 * and other collections (see `whileCollecting`).
 */
export async function collectBlobs(store: BlobStore, options: CollectOptions): Promise<Collected> {
  const {now, maxAgeMs, maxBytes, dryRun = false} = options
  const grace = options.graceMs ?? HOUR_MS
  const candidates = listBlobs(store).toSorted((a, b) => a.usedAt - b.usedAt)
  let total = candidates.reduce((sum, {bytes}) => sum + bytes, 0)
  const before = {blobs: candidates.reduce((sum, {digests}) => sum + digests.length, 0), bytes: total}
  const freed = {blobs: 0, bytes: 0}
  const breather = new Breather()
  const eligible = candidates.filter(({usedAt}) => now - usedAt >= grace)
  for (let from = 0; from < eligible.length; from += ROUND) {
    const round = async (): Promise<void> => {
      const pinned = await options.pinned()
      for (const candidate of eligible.slice(from, from + ROUND)) {
        if (now - candidate.usedAt < maxAgeMs && total <= maxBytes) continue
        const gone = deleteUnpinned(store, candidate, pinned, dryRun)
        total -= gone.bytes
        freed.blobs += gone.blobs
        freed.bytes += gone.bytes
        await breather.pause()
      }
    }
    await (dryRun ? round() : whileCollecting(store.places.collecting, round, options.patienceSeconds))
  }
  if (!dryRun) {
    const {places} = store
    sweep(places.temporary, now - Math.max(grace, HOUR_MS))
    sweep(join(places.root, 'parts'), now - Math.max(grace, HOUR_MS))
    sweep(places.quarantine, now - Math.max(grace, maxAgeMs))
  }
  return {...freed, keptBlobs: before.blobs - freed.blobs, keptBytes: before.bytes - freed.bytes}
}

function deleteUnpinned(
  store: BlobStore,
  candidate: Candidate,
  pinned: ReadonlySet<string>,
  dryRun: boolean,
): {blobs: number; bytes: number} {
  const {path, pack, digests, bytes} = candidate
  const live = digests.filter((digest) => pinned.has(digest))
  if (live.length === 0) {
    if (!dryRun) rmSync(path, {force: true})
    return {blobs: digests.length, bytes}
  }
  if (pack === null || live.length === digests.length) return {blobs: 0, bytes: 0}
  const liveBytes = (store.packs.packs().get(pack) ?? []).reduce((sum, blob) => sum + (pinned.has(blob.sha256) ? blob.bytes : 0), 0)
  if (liveBytes > bytes * LIVE_SHARE) return {blobs: 0, bytes: 0}
  if (!dryRun) store.packs.repack(pack, (digest) => pinned.has(digest))
  return {blobs: digests.length - live.length, bytes: bytes - liveBytes}
}

function listBlobs(store: BlobStore): readonly Candidate[] {
  store.packs.refresh()
  const candidates: Candidate[] = []
  for (const [pack, blobs] of store.packs.packs()) {
    const path = store.packs.path(pack)
    const stat = lstatSync(path, {throwIfNoEntry: false})
    if (stat !== undefined) candidates.push({path, pack, usedAt: stat.mtimeMs, bytes: stat.size, digests: blobs.map(({sha256}) => sha256)})
  }
  const loose = join(store.places.root, 'loose')
  for (const prefix of list(loose)) {
    for (const rest of list(join(loose, prefix))) {
      const path = join(loose, prefix, rest)
      const stat = lstatSync(path, {throwIfNoEntry: false})
      if (stat !== undefined) candidates.push({path, pack: null, usedAt: stat.mtimeMs, bytes: stat.size, digests: [prefix + rest]})
    }
  }
  return candidates
}

/** Half-written files of processes that are gone, parts of uploads that are gone, and quarantined bytes nobody came for. */
function sweep(directory: string, before: number): void {
  for (const name of list(directory)) {
    const path = join(directory, name)
    const stat = lstatSync(path, {throwIfNoEntry: false})
    if (stat !== undefined && newest(path, stat.mtimeMs) < before) rmSync(path, {recursive: true, force: true})
  }
}

/** A directory of parts is as young as its youngest file: writing to a file leaves the directory's own time alone. */
function newest(path: string, mtimeMs: number): number {
  let time = mtimeMs
  for (const name of list(path)) time = Math.max(time, lstatSync(join(path, name), {throwIfNoEntry: false})?.mtimeMs ?? 0)
  return time
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
