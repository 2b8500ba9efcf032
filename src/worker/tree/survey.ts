import {lstatSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {collisionKey, type SourceEntry} from '@rch/contract/source'
import {digestOfFile} from '../blobs/digest-of-file.ts'
import {Breather} from '../platform/breather.ts'
import {modeOf} from './place-entry.ts'
import {isUnchanged, stampOf, type FileStamp, type TreeIndex} from './tree-index.ts'
import {directoriesOf, walkTree, type NodeKind} from './walk-tree.ts'

/** What must happen to a slot's `src/` so that it holds exactly the wanted entries (and what builds created elsewhere). */
export interface Survey {
  /** Known to have the wanted content: they stay untouched. */
  readonly keep: ReadonlyMap<string, FileStamp>
  /** Content is right, permissions are not. */
  readonly remode: readonly SourceEntry[]
  readonly write: readonly SourceEntry[]
  /** How many of `write` something else than an update had changed. */
  readonly restored: number
  /** No longer wanted, and ours. */
  readonly remove: readonly string[]
  /** Files that we did not put there, outside the manifest. */
  readonly extras: readonly string[]
}

/**
 * Compares a tree with what it was and what it is to be. Answers a reason instead when something stands there that neither
 * we nor a build's ordinary writing explains: then the slot is not worth saving.
 */
export async function surveyTree(
  source: string,
  index: TreeIndex,
  wanted: readonly SourceEntry[],
  readOnly: boolean,
  interrupted: readonly string[],
): Promise<Survey | string> {
  const nodes = walkTree(source)
  const byPath = new Map(wanted.map((entry) => [entry.path, entry]))
  const ours = new Set([...index.entries.keys(), ...interrupted])
  const obstacle = findObstacle(nodes, ours, byPath)
  if (obstacle !== null) return obstacle
  const keep = new Map<string, FileStamp>()
  const remode: SourceEntry[] = []
  const write: SourceEntry[] = []
  let restored = 0
  const breather = new Breather()
  for (const entry of wanted) {
    const known = index.entries.get(entry.path)
    const expected = known !== undefined && isSameContent(known.entry, entry)
    const stat = nodes.has(entry.path) ? lstatSync(join(source, entry.path)) : undefined
    const stamp = stat === undefined ? undefined : stampOf(stat)
    if (stamp === undefined || !expected) {
      write.push(entry)
      if (known === undefined ? stamp !== undefined && !ours.has(entry.path) : expected) restored++
    } else if (!isUnchanged(index, known.stamp, stamp) && !(await hasContent(source, entry, stamp, nodes.get(entry.path)))) {
      write.push(entry)
      restored++
    } else if (entry.type === 'file' && stamp.mode !== modeOf(entry, readOnly)) remode.push(entry)
    else keep.set(entry.path, stamp)
    await breather.pause()
  }
  const remove = [...ours].filter((path) => !byPath.has(path) && nodes.has(path))
  const extras: string[] = []
  for (const [path, kind] of nodes) if (kind !== 'directory' && !ours.has(path) && !byPath.has(path)) extras.push(path)
  return {keep, remode, write, restored, remove, extras: extras.toSorted()}
}

function isSameContent(a: SourceEntry, b: SourceEntry): boolean {
  if (a.type === 'symlink' || b.type === 'symlink')
    return a.type === b.type && a.type === 'symlink' && b.type === 'symlink' && a.link_target === b.link_target
  return a.sha256 === b.sha256 && a.bytes === b.bytes
}

async function hasContent(source: string, entry: SourceEntry, stamp: FileStamp, kind: NodeKind | undefined): Promise<boolean> {
  const path = join(source, entry.path)
  if (entry.type === 'symlink') return kind === 'symlink' && readlinkSync(path) === entry.link_target
  return kind === 'file' && stamp.bytes === entry.bytes && (await digestOfFile(path, entry.bytes)) === entry.sha256
}

/** A node where a file of ours belongs that is no file, or where a directory belongs that is none, also by a Mac's idea of names. */
function findObstacle(
  nodes: ReadonlyMap<string, NodeKind>,
  ours: ReadonlySet<string>,
  wanted: ReadonlyMap<string, SourceEntry>,
): string | null {
  const paths = new Set([...ours, ...wanted.keys()])
  for (const path of paths) {
    const kind = nodes.get(path)
    // An update may turn a file of ours into a directory of ours or back; whatever else stands there does not come from us.
    if (kind === 'other' || (kind === 'directory' && ours.has(path) && !wanted.has(path))) return `${path} is no longer a file`
    if (kind === 'directory' && wanted.has(path) && !isOursOnly(path, nodes, ours)) return `${path} is a directory`
  }
  const directories = directoriesOf(wanted.keys())
  for (const directory of [...directoriesOf(ours), ...directories]) {
    const kind = nodes.get(directory)
    if (kind !== undefined && kind !== 'directory' && !ours.has(directory)) return `${directory} is no longer a directory`
  }
  return findRespelling(nodes, ours, [...wanted.keys(), ...directories])
}

/** Names that are new, but that the volume may take for one that is there and stays. */
function findRespelling(nodes: ReadonlyMap<string, NodeKind>, ours: ReadonlySet<string>, needed: readonly string[]): string | null {
  const added = needed.filter((path) => !nodes.has(path))
  if (added.length === 0) return null
  const staying = new Map<string, string>()
  for (const [path, kind] of nodes) if (kind === 'directory' || !ours.has(path)) staying.set(collisionKey(path), path)
  for (const path of added) {
    const other = staying.get(collisionKey(path))
    if (other !== undefined) return `${other} may be the same name as ${path}`
  }
  return null
}

function isOursOnly(directory: string, nodes: ReadonlyMap<string, NodeKind>, ours: ReadonlySet<string>): boolean {
  for (const [path, kind] of nodes) if (path.startsWith(`${directory}/`) && kind !== 'directory' && !ours.has(path)) return false
  return true
}
