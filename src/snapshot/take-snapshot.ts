import {createHash} from 'node:crypto'
import {readFileSync, realpathSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {setTimeout as delay} from 'node:timers/promises'
import {RchError, type EffectiveProfile} from '@rch/contract'
import type {Container} from '@rch/contract/kinds/xcodebuild'
import type {SourceEntry, SourceFile} from '@rch/contract/source'
import {keepHeapFlat} from '../infra/flat-heap.ts'
import {ownOutputs} from '../infra/own-outputs.ts'
import {alwaysIncluded} from './paths/always-included.ts'
import {openBlobMap, type BlobMap} from './caches/blob-map.ts'
import {latestDirectoryChange} from './directories.ts'
import {listExcluded, type ExcludedGroup} from './list-excluded.ts'
import {encodeManifest, hashTree} from './tree/manifest.ts'
import {openEntry, readEntry} from './open-entry.ts'
import {PathAudits} from './paths/path-audits.ts'
import {findRefusals, offencesError, throwRefusals} from './refuse.ts'
import {findMissingInputs} from './references/find-missing-inputs.ts'
import {openReferenceMemo} from './references/reference-memo.ts'
import {createSelection} from './rules/selection.ts'
import {withoutOutputs} from './rules/without-outputs.ts'
import type {ScanContext} from './scan-context.ts'
import {scanGit} from './scan-git.ts'
import {scanPlain} from './scan-plain.ts'
import type {ExcludedByRule, Scan, VcsState} from './scan.ts'
import {openStatCache} from './caches/stat-cache.ts'
import {isSettled, msUntilSettled} from './tree-builder.ts'
import {openTreeMemo} from './caches/tree-memo.ts'

/** The source of a run: what it holds, byte for byte, and how to read it. */
export interface Snapshot {
  /** Sorted by the UTF-8 bytes of their paths; made when first asked for. */
  readonly entries: readonly SourceEntry[]
  readonly sourceTreeHash: string
  /** `source_manifest.json` (`rch-xcode/source_manifest@1`), canonical JSON; made when asked for and not at hand any more. */
  readonly manifestBytes: Uint8Array
  readonly vcs: VcsState
  readonly stats: SnapshotStats
  /** What rules left out, by rule; files that git ignores are not counted. */
  readonly excluded: readonly ExcludedByRule[]
  /** What lies in the source and was left out, by rule; looked for only when asked. */
  listExcluded(signal?: AbortSignal): Promise<readonly ExcludedGroup[]>
  /** The absolute path that holds a file's content. */
  locate(entry: SourceFile): string
  /** The content of a file; ends in `source_changed_during_snapshot` when the bytes on disk are no longer the entry's. */
  open(entry: SourceFile): Readable
  /** The same at once, for files that fit in memory. */
  read(entry: SourceFile): Buffer
}

export interface SnapshotStats {
  readonly files: number
  readonly bytes: number
  /** Files whose content was read, and those whose digest was known. */
  readonly hashed: number
  readonly reused: number
  readonly durationMs: number
}

export interface SnapshotOptions {
  /** Top of the source. */
  readonly root: string
  readonly source: EffectiveProfile['source']
  /** What is built: its `Package.resolved` belongs to every snapshot, and so does what it refers to; `null` = not known. */
  readonly container: Container | null
  /** Of this repository; made when needed. */
  readonly cacheDir: string
  /** Stands in the manifest; now when absent. */
  readonly createdAt?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: SnapshotProgress) => void
}

export interface SnapshotProgress {
  /** Files read so far in this attempt. */
  readonly hashed: number
  /** 1 to 3. */
  readonly attempt: number
}

/**
 * Takes a snapshot of a source as it was at one moment. A scan counts when nothing that it had to look at changed after the scan
 * began, or when the scan before it saw exactly the same; otherwise the tree is scanned again.
 *
 * @throws RchError of the source family (exit 92); see `findRefusals`.
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const began = performance.now()
  keepHeapFlat()
  const root = sourceRoot(options.root)
  const always = alwaysIncluded(options.container)
  const wanted = createSelection({
    include: options.source.include,
    excludes: options.source.excludes,
    rchignore: readLines(join(root, '.rchignore')),
    includeUntracked: options.source.include_untracked,
    always,
  })
  const selection = withoutOutputs(wanted, root, ownOutputs())
  const id = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const memo = openTreeMemo(join(options.cacheDir, `tree-${id}.json`), selection.key)
  const base = {
    root,
    source: options.source,
    selection,
    always,
    memo,
    audits: new PathAudits(),
    preparedFile: join(options.cacheDir, `index-${id}`),
    cache: openStatCache(join(options.cacheDir, `stat-${id}.jsonl`)),
    blobs: blobMaps(options.cacheDir),
    signal: options.signal,
  }
  let previous: Attempt | undefined
  for (let number = 1; ; number++) {
    options.signal?.throwIfAborted()
    const onProgress = (hashed: number) => options.onProgress?.({hashed, attempt: number})
    const context: ScanContext = {...base, startedMs: Date.now(), onProgress}
    const attempt = await scanOnce(context)
    if (attempt.scan.moving.length === 0 && (attempt.settled || isSame(previous, attempt))) {
      const refusals = [...findRefusals(context, attempt.scan, memo.knowsPathsOf(attempt.scan))]
      if (options.container !== null) {
        const key = JSON.stringify(options.container)
        const missing = findMissingInputs({
          root,
          container: options.container,
          tree: attempt.scan.tree,
          selection,
          include: options.source.include,
          pathsKey: attempt.scan.pathsKey,
          startedMs: context.startedMs,
          latestDirectoryChangeMs: attempt.latestDirectoryChangeMs,
          memo: openReferenceMemo(join(options.cacheDir, `references-${id}.json`), root, key),
          refused: refusedPaths(attempt.scan),
        })
        if (missing !== undefined) refusals.push(missing)
      }
      throwRefusals(refusals)
      attempt.scan.remember()
      memo.save(attempt.scan)
      return snapshotOf(context, attempt, options.createdAt ?? new Date().toISOString(), performance.now() - began)
    }
    if (number === ATTEMPTS) throw offencesError('source_changed_during_snapshot', differences(previous, attempt))
    previous = attempt
    await delay(pauseAfter(attempt, number), undefined, {signal: options.signal})
  }
}

const ATTEMPTS = 3

interface Attempt {
  readonly scan: Scan
  readonly treeHash: string
  readonly latestChangeMs: number
  readonly latestDirectoryChangeMs: number
  readonly settled: boolean
}

async function scanOnce(context: ScanContext): Promise<Attempt> {
  const scan = context.source.mode === 'vcs' ? await scanGit(context) : await scanPlain(context)
  const latestDirectoryChangeMs = latestDirectoryChange(context.root, scan.tree.directories, scan.absent)
  const latestChangeMs = Math.max(scan.latestChangeMs, latestDirectoryChangeMs)
  const settled = isSettled(latestChangeMs, context.startedMs)
  return {scan, treeHash: hashTree(scan.tree), latestChangeMs, latestDirectoryChangeMs, settled}
}

/** What is in the source and not in its tree because a rule refuses it. */
function refusedPaths({problems}: Scan): ReadonlySet<string> {
  return new Set([...problems.values()].flatMap((offences) => offences.map(({path}) => path)))
}

/** Two scans, one after the other, that saw the same files in the same state: between them lies a moment at which all of it held. */
function isSame(a: Attempt | undefined, b: Attempt): boolean {
  if (a === undefined || a.scan.moving.length > 0 || a.treeHash !== b.treeHash) return false
  return movedBetween(a, b).length === 0
}

/** What changed after the earlier scan looked at it. A file that is settled by now was the same all the while. */
function movedBetween(a: Attempt, b: Attempt): string[] {
  return [...b.scan.observations].filter(([path, what]) => a.scan.observations.get(path) !== what).map(([path]) => path)
}

function differences(a: Attempt | undefined, b: Attempt): {path: string; detail: null}[] {
  const moved = a === undefined ? [] : [...a.scan.moving, ...movedBetween(a, b)]
  return [...new Set([...b.scan.moving, ...moved])].map((path) => ({path, detail: null}))
}

/** How long to wait before the next look, in milliseconds: until the latest change is past, and longer before the last try. */
function pauseAfter({latestChangeMs}: Attempt, number: number): number {
  const left = msUntilSettled(latestChangeMs, Date.now())
  // A change far in the future is another machine's clock; waiting would not help.
  return Math.max(left > MAX_PAUSE_MS ? 0 : left, number === ATTEMPTS - 1 ? LAST_PAUSE_MS : 0)
}

const MAX_PAUSE_MS = 2500
const LAST_PAUSE_MS = 250

/** Holds of the scan only what is asked for later: the index and what was found of each file are let go. */
function snapshotOf({root, source, selection}: ScanContext, {scan, treeHash}: Attempt, createdAt: string, durationMs: number): Snapshot {
  const {tree, places, hashed, vcs} = scan
  const {count, bytes} = tree
  const placeOf = (entry: SourceFile) => places.get(entry.path) ?? join(root, entry.path)
  let encoded: WeakRef<Uint8Array> | undefined
  return {
    get entries() {
      return tree.entries
    },
    get manifestBytes() {
      const kept = encoded?.deref()
      if (kept !== undefined) return kept
      const made = encodeManifest(tree, treeHash, createdAt)
      encoded = new WeakRef(made)
      return made
    },
    sourceTreeHash: treeHash,
    vcs,
    stats: {files: count, bytes, hashed, reused: count - hashed, durationMs},
    excluded: [...scan.excluded.values()],
    open: (entry) => openEntry(placeOf(entry), entry),
    read: (entry) => readEntry(placeOf(entry), entry),
    listExcluded: (signal) => listExcluded({root, mode: source.mode, selection, entries: tree.entries, signal}),
    locate: placeOf,
  }
}

function sourceRoot(root: string): string {
  if (statSync(root, {throwIfNoEntry: false})?.isDirectory() !== true) {
    throw new RchError('vcs_unavailable', `${root} is not a directory`, {data: {path: root, problem: 'it is not a directory'}})
  }
  return realpathSync(root)
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

function blobMaps(cacheDir: string): (oidBytes: 20 | 32) => BlobMap {
  const open = new Map<number, BlobMap>()
  return (oidBytes) => {
    const map = open.get(oidBytes) ?? openBlobMap(join(cacheDir, `blobs-${oidBytes}.map`), oidBytes)
    open.set(oidBytes, map)
    return map
  }
}
