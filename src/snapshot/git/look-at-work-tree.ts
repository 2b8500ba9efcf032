import {join} from 'node:path'
import {linkAbove} from '../paths/link-above.ts'
import {lookAt, type Look, type LookRequest} from '../look.ts'
import type {ScanContext} from '../scan-context.ts'
import type {FileMode, TreeBuilder} from '../tree-builder.ts'
import {hasRecordedTimes} from './index-file.ts'
import type {OpenWorkTree} from './open-work-tree.ts'
import type {Repository} from './repository.ts'
import {oidAt, type UnknownFile} from './sort-index.ts'
import type {GitStatus} from './status.ts'

export interface LookAtWorkTreeInput {
  readonly context: ScanContext
  readonly builder: TreeBuilder
  readonly repository: Repository
  readonly at: string
  readonly opened: OpenWorkTree
}

export interface LookedAtWorkTree {
  /** Tracked paths that are not what the index holds. */
  readonly removed: ReadonlySet<string>
  readonly nested: readonly NestedWorkTree[]
  /** Files that are LFS pointers, with their text. */
  readonly pointers: ReadonlyMap<string, string>
  /** How many files turned out to be exactly their blobs. */
  readonly learned: number
  /** Puts those into the blob map. */
  learn(): void
}

export interface NestedWorkTree {
  /** Relative to the root. */
  readonly path: string
  /** The commit that the index records for a submodule; `null` for a repository that merely lies there. */
  readonly oid: string | null
}

/** Looks at every file of a work tree that index and status do not tell, and puts what it finds into the builder. */
export async function lookAtWorkTree({context, builder, repository, at, opened}: LookAtWorkTreeInput): Promise<LookedAtWorkTree> {
  const {config, tracked, status, late} = opened
  const {sorted, index} = tracked
  const {selection} = context
  const changes = rootRelative(status, repository.prefix, at)
  const isLate = (path: string) => late.mayFilter(repository.prefix + path.slice(at.length))
  for (const path of status.undecodable) builder.problems.add('unsafe_path', at + path, 'not UTF-8')

  const pointers = new Map<string, string>()
  const notePointer = (path: string, look: Look) => {
    if (look.kind === 'file' && look.pointer !== null) pointers.set(path, look.pointer)
  }
  const removed = new Set(changes.changed.keys())
  const nested: NestedWorkTree[] = [...sorted.submodules]
  const later: LookRequest[] = []
  const modes = new Map<string, FileMode>()
  for (const [path, {kind, mode}] of changes.changed) {
    if (kind === 'deleted') builder.miss(path)
    else if (kind === 'modified' && (selection.keepsAllTracked || selection.verdict(path, 'tracked').included)) {
      later.push({path})
      modes.set(path, fileModeOf((mode & 0o100) !== 0))
    }
  }
  for (const path of changes.untracked) {
    if (!builder.admits(selection.verdict(path, 'untracked'))) continue
    if (path.endsWith('/')) nested.push({path: path.slice(0, -1), oid: null})
    else later.push({path})
  }
  for (const {path, mode} of sorted.known) {
    if (!isLate(path) || removed.has(path)) continue
    removed.add(path)
    later.push({path})
    modes.set(path, mode === '100755' ? mode : '100644')
  }
  for (const path of sorted.links) if (!changes.changed.has(path)) later.push({path})
  const laterLooks = await lookAt(later, {...opened.looking, unsure: true})
  for (const [i, {path}] of later.entries()) {
    const look = laterLooks.get(i)
    notePointer(path, look)
    builder.add(path, look, (executable) => modes.get(path) ?? (config.fileMode ? fileModeOf(executable) : '100644'))
    builder.remember(path, look)
  }

  const lessons = index === undefined ? undefined : context.blobs(config.oidBytes).lessons()
  const isElsewhere = linkAbove(join(context.root, at))
  const addUnknown = (file: UnknownFile, found: Look) => {
    // Git says nothing of such a file; behind a link that took the place of its directory lies another one.
    const look: Look =
      !file.vouched && isElsewhere(file.path.slice(at.length)) ? {kind: 'missing', detail: 'behind a symbolic link'} : found
    notePointer(file.path, look)
    addFound(builder, file, look, config.fileMode)
    const {position} = file
    const isBlob = index !== undefined && file.vouched && !isLate(file.path) && look.kind === 'file' && look.fresh
    // Git calls the file unchanged; its bytes are the blob's when no conversion can have touched them.
    if (
      isBlob &&
      (look.oid === null ? !late.mayConvertText && hasRecordedTimes(index, position, look.stamp) : look.oid === oidAt(index, position))
    ) {
      lessons?.add(index.bytes, index.oidOffsets[position] ?? 0, look.bytes, look.sha256)
    } else builder.remember(file.path, look)
  }
  // While threads read the later files of a tree of which nothing was known, all that follows from the earlier ones is done.
  const grow = at === '' && index !== undefined && sorted.known.length === 0 ? builder.growTree() : undefined
  let next = 0
  for await (const answered of opened.reading.answered()) {
    for (const file of sorted.unknown.slice(next, answered)) {
      const look = opened.reading.get(next++)
      if (changes.changed.size === 0 || !changes.changed.has(file.path)) addUnknown(file, look)
    }
    grow?.()
  }

  if (!opened.isCurrent()) builder.moving.push(`${at}.git/index`)
  return {removed, nested, pointers, learned: lessons?.count ?? 0, learn: () => lessons?.save()}
}

function addFound(builder: TreeBuilder, file: UnknownFile, look: Look, fileMode: boolean): void {
  const gone = (look.kind === 'missing' || look.kind === 'directory') && !file.vouched
  if (gone && file.skipped && look.kind === 'missing') builder.problems.add('sparse_checkout_incomplete', file.path)
  else if (gone) builder.miss(file.path)
  else builder.add(file.path, look, (executable) => (file.vouched || !fileMode ? file.mode : fileModeOf(executable)))
}

function rootRelative(status: GitStatus, prefix: string, at: string): Pick<GitStatus, 'changed' | 'untracked'> {
  if (prefix === '' && at === '') return status
  const translate = (path: string) => at + path.slice(prefix.length)
  return {
    changed: new Map([...status.changed].map(([path, change]) => [translate(path), change])),
    untracked: status.untracked.map(translate),
  }
}

function fileModeOf(executable: boolean): FileMode {
  return executable ? '100755' : '100644'
}
