import {existsSync, readFileSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {beginLooking, type Looking, type LookOptions} from '../look.ts'
import {unsettledFrom} from '../tree-builder.ts'
import {readConversions, type Conversions} from './attributes.ts'
import {readGitConfig, type GitConfig} from './config.ts'
import {readGitIndex} from './index-file.ts'
import type {Repository} from './repository.ts'
import {unavailable} from './run-git.ts'
import {readGitStatus, type GitStatus} from './status.ts'
import {distrusted, readTracked, recallTracked, type ReadAhead, type Tracked, type TrackedInput} from './tracked.ts'
import {treeAttributeFiles, untrackedAttributeFiles} from './tree-attributes.ts'

/** What git says of one work tree, and what its index holds. */
export interface OpenWorkTree {
  readonly config: GitConfig
  readonly tracked: Tracked
  readonly status: GitStatus
  /** How files of this work tree are to be looked at. */
  readonly looking: Omit<LookOptions, 'unsure'>
  /** What is found where the index does not say: one look for each of `tracked.sorted.unknown`, under way since it was sorted. */
  readonly reading: Looking
  /** What attribute files that git does not track yet add. */
  readonly late: Conversions
  /** An attribute file is changed or untracked. */
  readonly changesAttributes: boolean
  /** The index is the one that git answered from. */
  isCurrent(): boolean
}

/** Asks git what changed, and meanwhile reads what does not depend on the answer. */
export async function openWorkTree(input: Omit<TrackedInput, 'config'>): Promise<OpenWorkTree> {
  const {context, repository, at} = input
  const {source, signal} = context
  const stampBefore = indexStamp(repository)
  const asking = (disabledFilters: readonly string[]) =>
    readGitStatus(repository.top, {prefix: repository.prefix, untracked: source.include_untracked, disabledFilters, signal})
  const ownConfig = readOwnConfig(repository)
  // Git starts at once unless the repository's own configuration may name a program to run.
  const early = mayNamePrograms(ownConfig) ? undefined : asking([])
  early?.catch(() => {})
  const configuring = readGitConfig(repository.top, signal)
  configuring.catch(() => {})
  // Both take their time to start; where nothing is kept of the index, it will be needed.
  const ahead = at === '' && existsSync(context.preparedFile) ? undefined : readAhead(repository, oidBytesOf(ownConfig), signal)
  const config = await configuring
  checkWorkTree(repository, config)
  const answering = early ?? asking(config.foreignFilters)
  answering.catch(() => {})
  const begin = (tracked: Tracked): Pick<OpenWorkTree, 'tracked' | 'looking' | 'reading'> => {
    const oid = {algorithm: config.oidBytes === 20 ? 'sha1' : 'sha256', converts: tracked.converts} as const
    const looking = {...context, oid, recentFromMs: unsettledFrom(context.startedMs)}
    const reading = beginLooking(tracked.sorted.unknown, {...looking, unsure: false})
    return {tracked, looking, reading}
  }
  const recalled = recallTracked({...input, config})
  let begun = begin(recalled ?? (await readTracked({...input, config, ahead})))
  const {known, unknown} = begun.tracked.sorted
  // Threads read these files by now; what can be said of their paths need not wait for them.
  if (recalled === undefined && at === '' && known.length === 0 && unknown.length > AHEAD_FILES) context.audits.begin(unknown)
  const status = await answering
  const changesAttributes = [...status.changed.keys(), ...status.untracked].some((path) => path.endsWith('.gitattributes'))
  // What was recalled rests on the attributes being as they were, and pays only for few changes.
  const fits = !changesAttributes && status.changed.size + status.untracked.length <= MAX_SPLICED
  if (recalled !== undefined && !fits) begun = begin(await readTracked({...input, config}))
  if (status.isDoubtful) begun = begin(distrusted(begun.tracked))
  for (const {rule, files} of begun.tracked.excluded) input.builder.exclude(rule, files)
  return {
    ...begun,
    config,
    status,
    late: readConversions(untrackedAttributeFiles(repository.top, status.untracked)),
    changesAttributes,
    isCurrent: () => indexStamp(repository) === stampBefore,
  }
}

const MAX_SPLICED = 1000
const AHEAD_FILES = 512

function indexStamp({gitDir}: Repository): string {
  const stat = statSync(join(gitDir, 'index'), {throwIfNoEntry: false})
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
}

/** The configuration inside the repository, unparsed; what cannot be read is git's to complain of. */
function readOwnConfig({gitDir, commonDir}: Repository): string {
  const texts = [join(commonDir, 'config'), join(gitDir, 'config.worktree')].map((path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  })
  return texts.join('\n')
}

/** Whether it has to be understood before git may be asked anything. */
function mayNamePrograms(ownConfig: string): boolean {
  return /\[\s*(?:filter|include)/i.test(ownConfig)
}

/** A guess: 32 where it seems to ask for SHA-256. */
function oidBytesOf(ownConfig: string): 20 | 32 {
  return /objectformat\s*=\s*"?sha256/i.test(ownConfig) ? 32 : 20
}

/** The index, and the attributes of what it holds; `undefined` where git will have to tell it. */
function readAhead({gitDir, top, prefix}: Repository, oidBytes: 20 | 32, signal: AbortSignal | undefined): ReadAhead | undefined {
  try {
    const index = readGitIndex(gitDir, oidBytes)
    const attributes = treeAttributeFiles(top, index, prefix, signal)
    attributes.catch(() => {})
    return {index, attributes}
  } catch {
    return undefined
  }
}

/** Submodules name their work tree in their configuration; anything else that does so is not laid out as we read it. */
function checkWorkTree({top, gitDir}: Repository, {worktree}: GitConfig): void {
  if (worktree !== null && resolve(gitDir, worktree) !== top) throw unavailable(top, `core.worktree points to ${worktree}`)
}
