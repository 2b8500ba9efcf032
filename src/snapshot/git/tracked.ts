import {createHash, hash} from 'node:crypto'
import {statSync} from 'node:fs'
import {join} from 'node:path'
import {comparePaths} from '@rch/contract/source'
import {unpackEntries} from './prepared/packed-entries.ts'
import {loadPreparedIndex, savePreparedIndex} from './prepared/prepared-index.ts'
import type {PackedTree} from './prepared/spliced-tree.ts'
import type {ExcludedByRule} from '../scan.ts'
import type {ScanContext} from '../scan-context.ts'
import {isSettled, type TreeBuilder} from '../tree-builder.ts'
import {outerAttributeFiles, readConversions, type AttributeFile} from './attributes.ts'
import type {GitConfig} from './config.ts'
import type {GitIndex} from './git-index.ts'
import {readGitIndex} from './index-file.ts'
import {listGitIndex} from './list-index.ts'
import type {Repository} from './repository.ts'
import {sortIndex, type SortedIndex, type UnknownFile} from './sort-index.ts'
import {treeAttributeFiles} from './tree-attributes.ts'

/** What one work tree tracks, sorted by how its content becomes known. */
export interface Tracked {
  /** Without `known` where `packed` stands for it. */
  readonly sorted: SortedIndex
  readonly packed: PackedTree | undefined
  /** `undefined` where it did not have to be read. */
  readonly index: GitIndex | undefined
  /** SHA-256 of the index, worked out when it is asked for. */
  indexDigest(): string
  /** Tracked files that rules leave out. */
  readonly excluded: readonly ExcludedByRule[]
  /** Git may convert text on checkout. */
  readonly converts: boolean
  /** Keeps the work for the next scan, when it will still hold then. */
  keep(): void
}

export interface TrackedInput {
  readonly context: ScanContext
  readonly builder: TreeBuilder
  readonly repository: Repository
  readonly at: string
  readonly config: GitConfig
}

/** From the last scan, when index, rules, configuration and the attributes outside the tree are what they were then. */
export function recallTracked({context, repository, at, config}: TrackedInput): Tracked | undefined {
  const key = preparedKey(context, repository, config)
  const prepared = at === '' && key !== undefined ? loadPreparedIndex(context.preparedFile, key) : undefined
  if (prepared === undefined) return undefined
  const {tree, unknown, links, excluded, converts, indexDigest} = prepared
  return {
    sorted: {known: [], unknown, links: [...links], submodules: [], excluded: new Map(), recent: 0, latestSecond: 0},
    packed: tree,
    index: undefined,
    indexDigest: () => indexDigest,
    excluded,
    converts,
    keep: () => {},
  }
}

/** What was read before the kind of the object ids was certain. */
export interface ReadAhead {
  readonly index: GitIndex
  readonly attributes: Promise<readonly AttributeFile[]>
}

/** From the index itself. */
export async function readTracked(input: TrackedInput & {readonly ahead?: ReadAhead | undefined}): Promise<Tracked> {
  const {context, builder, repository, at, config} = input
  const key = preparedKey(context, repository, config)
  const ahead = input.ahead?.index.oidBytes === config.oidBytes ? input.ahead : undefined
  const index = ahead?.index ?? (await loadIndex(repository, config, context.signal))
  const outer = outerAttributeFiles(repository.commonDir, config.attributesFile)
  const inTree = await (ahead?.attributes ?? treeAttributeFiles(repository.top, index, repository.prefix, context.signal))
  const conversions = readConversions([...outer, ...inTree])
  const sorted = sortIndex({
    index,
    prefix: repository.prefix,
    at,
    selection: context.selection,
    conversions,
    blobs: context.blobs(config.oidBytes),
    cache: context.cache,
    builder,
    weakStat: config.weakStat,
    top: repository.top,
    checkedBefore: context.memo.checkedBefore(at),
  })
  let digest: string | undefined
  const indexDigest = () => (digest ??= hash('sha256', index.bytes))
  const converts = conversions.mayConvertText || config.convertsText
  const excluded = [...sorted.excluded.values()]
  return {
    sorted,
    packed: undefined,
    index,
    indexDigest,
    excluded,
    converts,
    keep() {
      const lasts = at === '' && sorted.submodules.length === 0 && sorted.latestSecond < Math.floor(context.startedMs / 1000) - 1
      const guarded = sorted.unknown.some(({path}) => path.endsWith('.gitattributes'))
      if (key === undefined || !lasts || guarded || key !== preparedKey(context, repository, config)) return
      savePreparedIndex(context.preparedFile, key, sorted, {excluded, converts, indexDigest: indexDigest()})
    },
  }
}

/** The same when git's word on what is unchanged does not count: every file is to be looked at, and nothing of it is kept. */
export function distrusted(tracked: Tracked): Tracked {
  const {sorted, packed} = tracked
  const known = packed === undefined ? sorted.known : unpackEntries(packed)
  const unknown = [
    ...sorted.unknown.map((file) => ({...file, vouched: false})),
    ...known.map(({path, mode}): UnknownFile => ({
      path,
      position: -1,
      mode: mode === '100755' ? mode : '100644',
      vouched: false,
      skipped: false,
    })),
  ]
  unknown.sort((a, b) => comparePaths(a.path, b.path))
  return {...tracked, packed: undefined, sorted: {...sorted, known: [], unknown}, keep: () => {}}
}

/** `undefined` while the index is too new for its stamp to prove anything. */
function preparedKey(
  {root, selection, startedMs}: ScanContext,
  {top, prefix, gitDir, commonDir}: Repository,
  config: GitConfig,
): string | undefined {
  const stat = statSync(join(gitDir, 'index'), {throwIfNoEntry: false})
  if (stat === undefined || !isSettled(stat.ctimeMs, startedMs)) return undefined
  const index = [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs]
  const outer = outerAttributeFiles(commonDir, config.attributesFile)
  return createHash('sha256')
    .update(JSON.stringify([root, selection.key, top, prefix, index, config, outer]))
    .digest('hex')
}

async function loadIndex(repository: Repository, config: GitConfig, signal: AbortSignal | undefined): Promise<GitIndex> {
  try {
    return readGitIndex(repository.gitDir, config.oidBytes)
  } catch {
    return listGitIndex(repository.top, config.oidBytes, signal)
  }
}
