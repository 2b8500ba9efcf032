import {hash} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {SourceEntry} from '@rch/contract/source'
import {outerAttributeFiles, readConversions} from './git/attributes.ts'
import {readGitConfig, type GitConfig} from './git/config.ts'
import {hasRecordedTimes, readGitIndex, type GitIndex} from './git/index-file.ts'
import {resolveLfs} from './git/lfs.ts'
import {listGitIndex} from './git/list-index.ts'
import {findRepository, isWorkTree, type Repository} from './git/repository.ts'
import {unavailable} from './git/run-git.ts'
import {oidAt, sortIndex, type UnknownFile} from './git/sort-index.ts'
import {readGitStatus, type GitStatus} from './git/status.ts'
import {treeAttributeFiles, untrackedAttributeFiles} from './git/tree-attributes.ts'
import {lookAt, type Look, type LookRequest} from './look.ts'
import {mergeSorted} from './merge-sorted.ts'
import type {ScanContext} from './scan-context.ts'
import {scanKeys} from './scan-keys.ts'
import {searchIgnored} from './search-ignored.ts'
import type {Scan, SubmoduleState} from './scan.ts'
import {TreeBuilder, unsettledFrom, type FileMode} from './tree-builder.ts'

/** One look at everything that git tracks below the root, as it lies in the work tree, and at what else belongs to it. */
export async function scanGit(context: ScanContext): Promise<Scan> {
  const builder = new TreeBuilder(context.startedMs)
  const tree = await scanWorkTree(context, builder, findRepository(context.root), '')
  const entries = mergeSorted(tree.known, builder.entries)
  await searchIgnored(context, builder, entries)
  return {
    entries: mergeSorted(tree.known, builder.entries),
    places: builder.places,
    observations: builder.observations,
    absent: builder.absent,
    moving: builder.moving,
    latestChangeMs: builder.latestChangeMs,
    problems: builder.problems.found,
    vcs: {
      kind: 'git',
      commit: tree.status.commit,
      branch: tree.status.branch,
      dirty: tree.differing > 0,
      differing: tree.differing,
      submodules: tree.submodules,
      lfs: {materialised: builder.materialised, pointers: builder.pointers},
    },
    excluded: builder.excluded,
    keys: scanKeys([context.selection.key, ...tree.identity], builder),
    hashed: builder.hashed,
    remember() {
      builder.save(context.cache)
      tree.remember()
    },
  }
}

interface WorkTree {
  /** Entries known without a look, sorted; everything else went into the builder. */
  readonly known: readonly SourceEntry[]
  /** What `known` follows from. */
  readonly identity: readonly string[]
  readonly status: GitStatus
  /** Paths that differ from the commit, here and in submodules. */
  readonly differing: number
  readonly submodules: readonly SubmoduleState[]
  remember(): void
}

/** @param at where this work tree lies in the source: `''`, or `/`-terminated for a submodule. */
async function scanWorkTree(context: ScanContext, builder: TreeBuilder, repository: Repository, at: string): Promise<WorkTree> {
  const {selection, source, signal} = context
  const stampBefore = indexStamp(repository)
  const configuring = readGitConfig(repository.top, signal)
  const asking = (disabledFilters: readonly string[]) =>
    readGitStatus(repository.top, {prefix: repository.prefix, untracked: source.include_untracked, disabledFilters, signal})
  // Git starts at once unless the repository's own configuration may name a program to run.
  const early = mayNamePrograms(repository) ? undefined : asking([])
  early?.catch(() => {})
  const config = await configuring
  checkWorkTree(repository, config)
  const answering = early ?? asking(config.foreignFilters)
  answering.catch(() => {})

  const index = await loadIndex(repository, config, signal)
  const attributeFiles = [
    ...outerAttributeFiles(repository.commonDir, config.attributesFile),
    ...(await treeAttributeFiles(repository.top, index, signal)),
  ]
  const conversions = readConversions(attributeFiles)
  const blobs = context.blobs(config.oidBytes)
  const sorted = sortIndex({
    index,
    prefix: repository.prefix,
    at,
    selection,
    conversions,
    blobs,
    cache: context.cache,
    builder,
    weakStat: config.weakStat,
    top: repository.top,
    checkedBefore: context.memo.checkedBefore(at),
  })
  const converts = conversions.mayConvertText || config.convertsText
  const looking = {
    ...context,
    oid: {algorithm: config.oidBytes === 20 ? 'sha1' : 'sha256', converts},
    recentFromMs: unsettledFrom(context.startedMs),
  } as const
  const reading = lookAt(
    sorted.unknown.map(({path}) => ({path, unsure: false})),
    looking,
  )
  reading.catch(() => {})

  const status = await answering
  const changes = rootRelative(status, repository.prefix, at)
  const late = readConversions(untrackedAttributeFiles(repository.top, status.untracked))
  const isLate = (path: string) => late.mayFilter(repository.prefix + path.slice(at.length))
  for (const path of status.undecodable) builder.problems.add('unsafe_path', at + path, 'not UTF-8')

  const learned: number[] = []
  const pointers = new Map<string, string>()
  const looks = await reading
  for (const [i, file] of sorted.unknown.entries()) {
    const look = looks[i]
    if (look === undefined || changes.changed.has(file.path)) continue
    if (look.kind === 'file' && look.pointer !== null) pointers.set(file.path, look.pointer)
    const gone = (look.kind === 'missing' || look.kind === 'directory') && !file.vouched
    if (gone && file.skipped && look.kind === 'missing') builder.problems.add('sparse_checkout_incomplete', file.path)
    else if (gone) builder.miss(file.path)
    else builder.add(file.path, look, (executable) => (file.vouched || !config.fileMode ? file.mode : fileModeOf(executable)))
    if (file.vouched && !isLate(file.path) && isUnconverted(look, index, file, late.mayConvertText)) {
      learned.push(i)
    } else builder.remember(file.path, look)
  }

  const nested: {readonly path: string; readonly oid: string | null}[] = [...sorted.submodules]
  const later: LookRequest[] = []
  const modes = new Map<string, FileMode>()
  for (const [path, {kind, mode}] of changes.changed) {
    if (kind === 'deleted') builder.miss(path)
    else if (kind === 'modified' && (selection.keepsAllTracked || selection.verdict(path, 'tracked').included)) {
      later.push({path, unsure: true})
      modes.set(path, fileModeOf((mode & 0o100) !== 0))
    }
  }
  for (const path of changes.untracked) {
    if (!builder.admits(selection.verdict(path, 'untracked'))) continue
    if (path.endsWith('/')) nested.push({path: path.slice(0, -1), oid: null})
    else later.push({path, unsure: true})
  }
  const filtered = new Map(sorted.known.filter(({path}) => isLate(path) && !changes.changed.has(path)).map(({path, mode}) => [path, mode]))
  for (const [path, mode] of filtered) {
    later.push({path, unsure: true})
    modes.set(path, mode === '100755' ? mode : '100644')
  }
  for (const path of sorted.links) if (!changes.changed.has(path)) later.push({path, unsure: true})
  for (const [i, look] of (await lookAt(later, looking)).entries()) {
    const path = later[i]?.path ?? ''
    if (look.kind === 'file' && look.pointer !== null) pointers.set(path, look.pointer)
    builder.add(path, look, (executable) => modes.get(path) ?? (config.fileMode ? fileModeOf(executable) : '100644'))
    builder.remember(path, look)
  }
  if (indexStamp(repository) !== stampBefore) builder.moving.push(`${at}.git/index`)

  const untouched = changes.changed.size === 0 && filtered.size === 0
  const known = untouched ? sorted.known : sorted.known.filter(({path}) => !changes.changed.has(path) && !filtered.has(path))
  await resolveLfs({context, builder, repository, config, pointers, toTop: (path) => repository.prefix + path.slice(at.length)})
  const inner = await scanNested(context, builder, nested)
  return {
    known: inner.reduce((all, {known}) => mergeSorted(all, known), known as readonly SourceEntry[]),
    identity: [
      JSON.stringify([repository.prefix, at, hash('sha256', index.bytes), known.length, [...changes.changed.keys(), ...filtered.keys()]]),
      ...inner.flatMap(({identity}) => identity),
    ],
    status,
    differing: inner.reduce((sum, {differing}) => sum + differing, status.differing),
    submodules: inner.flatMap(({path, status, submodules}) => [{path, commit: status.commit}, ...submodules]),
    remember() {
      for (const i of learned) {
        const look = looks[i]
        const position = sorted.unknown[i]?.position
        if (look?.kind === 'file' && position !== undefined)
          blobs.learn(index.bytes, index.oidOffsets[position] ?? 0, look.bytes, look.sha256)
      }
      blobs.save()
      if (sorted.recent + learned.length > 0) context.memo.check(at, Math.floor(context.startedMs / 1000) - 1)
      for (const tree of inner) tree.remember()
    },
  }
}

/** Submodules, and repositories that lie in the work tree without being recorded. */
async function scanNested(
  context: ScanContext,
  builder: TreeBuilder,
  nested: readonly {readonly path: string; readonly oid: string | null}[],
) {
  const trees: (WorkTree & {readonly path: string})[] = []
  for (const {path, oid} of nested) {
    const directory = join(context.root, path)
    if (context.source.submodules === 'forbid') builder.problems.add('submodules_disallowed', path)
    else if (!isWorkTree(directory)) builder.problems.add('submodule_missing', path)
    else {
      const tree = await scanWorkTree(context, builder, findRepository(directory), `${path}/`)
      if (oid !== null && tree.status.commit !== oid) {
        builder.problems.add('submodule_commit_differs', path, `recorded ${oid}, checked out ${tree.status.commit ?? 'nothing'}`)
      }
      trees.push({...tree, path})
    }
  }
  return trees
}

async function loadIndex(repository: Repository, config: GitConfig, signal: AbortSignal | undefined): Promise<GitIndex> {
  try {
    return readGitIndex(repository.gitDir, config.oidBytes)
  } catch {
    return listGitIndex(repository.top, config.oidBytes, signal)
  }
}

function rootRelative(status: GitStatus, prefix: string, at: string): Pick<GitStatus, 'changed' | 'untracked'> {
  if (prefix === '' && at === '') return status
  const translate = (path: string) => at + path.slice(prefix.length)
  return {
    changed: new Map([...status.changed].map(([path, change]) => [translate(path), change])),
    untracked: status.untracked.map(translate),
  }
}

/** Git calls the file unchanged; its bytes are the blob's when no conversion can have touched them. */
function isUnconverted(look: Look, index: GitIndex, file: UnknownFile, mayConvertText: boolean): boolean {
  if (look.kind !== 'file' || !look.fresh) return false
  return look.oid === null
    ? !mayConvertText && hasRecordedTimes(index, file.position, look.stamp)
    : look.oid === oidAt(index, file.position)
}

function fileModeOf(executable: boolean): FileMode {
  return executable ? '100755' : '100644'
}

function indexStamp({gitDir}: Repository): string {
  const stat = statSync(join(gitDir, 'index'), {throwIfNoEntry: false})
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
}

/** Whether the configuration inside the repository has to be understood before git may be asked anything. */
function mayNamePrograms({gitDir, commonDir}: Repository): boolean {
  return [join(commonDir, 'config'), join(gitDir, 'config.worktree')].some((path) => {
    try {
      return /\[\s*(?:filter|include)/i.test(readFileSync(path, 'utf8'))
    } catch {
      return false
    }
  })
}

/** Submodules name their work tree in their configuration; anything else that does so is not laid out as we read it. */
function checkWorkTree({top, gitDir}: Repository, {worktree}: GitConfig): void {
  if (worktree !== null && resolve(gitDir, worktree) !== top) throw unavailable(top, `core.worktree points to ${worktree}`)
}
