import {chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync} from 'node:fs'
import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {isRchError, RchError} from '@rch/contract'
import {sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import {isErrno, readIfThere, writeFileAtomic} from '../../infra/files.ts'
import type {BlobStore} from '../blobs/blob-store.ts'
import {storageError} from '../failures/storage-error.ts'
import {Breather} from '../platform/breather.ts'
import {DIRECTORY_MODE, modeOf, placeEntry} from './place-entry.ts'
import {surveyTree, type Survey} from './survey.ts'
import {readIndex, saveIndex, stampAt, type FileStamp, type TreeIndex} from './tree-index.ts'
import {directoriesOf} from './walk-tree.ts'

export interface MaterialiseOptions {
  /** The slot's directory, held by this lease alone; `src/` and `dd/` are below it. */
  readonly slot: string
  /** Checked entries of the manifest. */
  readonly entries: readonly SourceEntry[]
  readonly blobs: BlobStore
  /** `src/` and its files cannot be written to by the job. */
  readonly readOnly: boolean
  readonly signal?: AbortSignal
}

export interface Materialised {
  /** The tree: `<slot>/src`. */
  readonly source: string
  /** Of the manifest's entries in the tree, by what is known about each file; equal to the job's. */
  readonly source_tree_hash: string
  readonly written: number
  readonly removed: number
  readonly kept: number
  /** How many of `written` a build had changed or removed. */
  readonly restored: number
  /** Files outside the manifest that builds created and that stay, sorted. */
  readonly extras: readonly string[]
  /** Why what was in the slot was thrown away (with its `dd/`), or `null`. */
  readonly discarded: string | null
}

/**
 * Makes `<slot>/src` hold exactly the manifest's entries. A new tree is built aside and appears by one rename. One that is
 * there is changed only where it must be: every other file keeps its inode and its times, so that a build can be incremental.
 * Killed anywhere, the next call brings it to the wanted state. Throws `source_missing` with `data.digests` when blobs are
 * gone, before anything is changed where that can be known.
 */
export async function materialise(options: MaterialiseOptions): Promise<Materialised> {
  try {
    return await inSlot(options, slotPlaces(options.slot))
  } catch (error) {
    throw storageError(error, options.slot, 0)
  }
}

async function inSlot(options: MaterialiseOptions, places: SlotPlaces): Promise<Materialised> {
  mkdirSync(options.slot, {recursive: true, mode: 0o700})
  sweepLeftovers(options.slot)
  const there = lstatSync(places.source, {throwIfNoEntry: false})
  if (there === undefined) return build(options, places, null)
  const index = readIndex(places.index)
  if (index === null || !there.isDirectory()) return rebuild(options, places, 'src/ is there without a sound index')
  const journal = readJournal(places.journal)
  if (journal === null) return rebuild(options, places, 'the journal of an interrupted update is damaged')
  const survey = await surveyTree(places.source, index, options.entries, options.readOnly, journal)
  return typeof survey === 'string' ? rebuild(options, places, survey) : update(options, places, index, survey, journal)
}

/** Throws a slot's contents away: out of sight by renames, then deleted. */
export function discardSlot(slot: string): void {
  const places = slotPlaces(slot)
  rmSync(places.index, {force: true})
  for (const path of [places.source, join(slot, 'dd')]) {
    try {
      renameSync(path, join(slot, `discarded-${randomUUID()}`))
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
  }
  rmSync(places.journal, {force: true})
  sweepLeftovers(slot)
}

function rebuild(options: MaterialiseOptions, places: SlotPlaces, reason: string): Promise<Materialised> {
  discardSlot(options.slot)
  return build(options, places, reason)
}

async function build(options: MaterialiseOptions, places: SlotPlaces, discarded: string | null): Promise<Materialised> {
  const {blobs, entries, readOnly} = options
  assertPresent(blobs, entries)
  const temporary = join(options.slot, `src.tmp-${randomUUID()}`)
  try {
    mkdirSync(temporary, {mode: DIRECTORY_MODE.writable})
    const directories = directoriesOf(entries.map(({path}) => path))
    for (const directory of directories) makeDirectory(join(temporary, directory))
    const stamps = await placeAll(options, temporary, entries)
    if (readOnly) setModes(temporary, directories, DIRECTORY_MODE.readOnly)
    rmSync(places.journal, {force: true})
    saveIndex(places.index, readOnly, entries, stamps)
    renameSync(temporary, places.source)
    if (readOnly) chmodSync(places.source, DIRECTORY_MODE.readOnly)
  } catch (error) {
    removeTree(temporary)
    throw error
  }
  const source_tree_hash = sourceTreeHash(entries)
  return {source: places.source, source_tree_hash, written: entries.length, removed: 0, kept: 0, restored: 0, extras: [], discarded}
}

async function update(
  options: MaterialiseOptions,
  places: SlotPlaces,
  index: TreeIndex,
  survey: Survey,
  journal: readonly string[],
): Promise<Materialised> {
  const {blobs, entries, readOnly} = options
  const {source} = places
  const {write, remode, remove, keep, restored, extras} = survey
  assertPresent(blobs, write)
  const stamps = new Map(keep)
  if (write.length + remove.length + remode.length + journal.length > 0 || index.read_only !== readOnly) {
    // From here until the index is saved, these are ours whatever a crash leaves of them.
    const created = write.map(({path}) => path).filter((path) => !index.entries.has(path))
    writeFileAtomic(places.journal, JSON.stringify([...new Set([...journal, ...created])]))
    if (index.read_only) setModes(source, ['', ...directoriesOf(index.entries.keys())], DIRECTORY_MODE.writable)
    const directories = directoriesOf(entries.map(({path}) => path))
    removeEntries(source, [...remove, ...write.map(({path}) => path)])
    const needed = new Set(directories)
    const obsolete = directoriesOf([...index.entries.keys(), ...journal]).filter((directory) => !needed.has(directory))
    for (const directory of obsolete.toReversed()) removeIfEmpty(join(source, directory))
    for (const directory of directories) makeDirectory(join(source, directory))
    for (const [path, stamp] of await placeAll(options, source, write)) stamps.set(path, stamp)
    for (const entry of remode) {
      chmodSync(join(source, entry.path), modeOf(entry, readOnly))
      stamps.set(entry.path, stampAt(join(source, entry.path)))
    }
    if (readOnly) setModes(source, ['', ...directories], DIRECTORY_MODE.readOnly)
  }
  saveIndex(places.index, readOnly, entries, stamps)
  rmSync(places.journal, {force: true})
  const source_tree_hash = sourceTreeHash(entries)
  return {
    source,
    source_tree_hash,
    written: write.length,
    removed: remove.length,
    kept: keep.size + remode.length,
    restored,
    extras,
    discarded: null,
  }
}

async function placeAll(
  options: MaterialiseOptions,
  root: string,
  entries: readonly SourceEntry[],
): Promise<ReadonlyMap<string, FileStamp>> {
  const stamps = new Map<string, FileStamp>()
  const breather = new Breather()
  const damaged = new Set<string>()
  for (const entry of entries) {
    try {
      stamps.set(entry.path, await placeEntry(options.blobs, entry, join(root, entry.path), options.readOnly))
    } catch (error) {
      // A damaged disk seldom damages one blob only: all are found, so that one more upload brings them.
      if (entry.type !== 'file' || !isRchError(error) || error.code !== 'source_missing') throw error
      damaged.add(entry.sha256)
    }
    await breather.pause()
    options.signal?.throwIfAborted()
  }
  if (damaged.size > 0) throw sourceMissing([...damaged])
  return stamps
}

/**
 * Unlinks, so that nothing that shares an inode with an old file changes. A directory goes too: the survey found nothing in it
 * but what is ours to remove.
 */
function removeEntries(source: string, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmSync(join(source, path), {force: true, recursive: true})
    } catch (error) {
      if (!isErrno(error, 'ENOTDIR')) throw error
    }
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) throw error
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, {mode: DIRECTORY_MODE.writable})
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return
    throw error
  }
  // The process's own mask is stricter than what a build expects.
  chmodSync(path, DIRECTORY_MODE.writable)
}

function setModes(root: string, directories: readonly string[], mode: number): void {
  for (const directory of directories) {
    try {
      chmodSync(join(root, directory), mode)
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
    }
  }
}

/** All that is missing at once, so that one more upload brings it. */
function assertPresent(blobs: BlobStore, entries: readonly SourceEntry[]): void {
  const missing = blobs.missing(entries.filter((entry) => entry.type === 'file'))
  if (missing.length === 0) return
  throw sourceMissing([...new Set(missing.map(({sha256}) => sha256))])
}

function sourceMissing(digests: readonly string[]): RchError {
  return new RchError('source_missing', undefined, {data: {digests: digests.slice(0, 20), count: digests.length}})
}

interface SlotPlaces {
  readonly source: string
  readonly index: string
  readonly journal: string
}

function slotPlaces(slot: string): SlotPlaces {
  return {source: join(slot, 'src'), index: join(slot, 'src.index'), journal: join(slot, 'src.journal')}
}

/** Paths that an interrupted update was creating; `null` when a power cut left only a part of them. */
function readJournal(path: string): readonly string[] | null {
  const text = readIfThere(path)
  if (text === undefined) return []
  try {
    const paths: unknown = JSON.parse(text.toString())
    return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : null
  } catch {
    return null
  }
}

/** What builds aside and discards that were cut short left behind; the slot is ours alone. */
function sweepLeftovers(slot: string): void {
  for (const name of readdirSync(slot)) {
    if (/^(src\.tmp-|discarded-|\.tmp-)/.test(name)) removeTree(join(slot, name))
  }
}

/** Removes a tree whose directories may be read-only. */
export function removeTree(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error
    makeWritable(path)
    rmSync(path, {recursive: true, force: true})
  }
}

function makeWritable(directory: string): void {
  chmodSync(directory, 0o700)
  for (const entry of readdirSync(directory, {withFileTypes: true})) if (entry.isDirectory()) makeWritable(join(directory, entry.name))
}
