import {isUtf8} from 'node:buffer'
import {runGit} from './run-git.ts'

/** What differs between a work tree, its index and its commit. Paths are relative to the top of the work tree. */
export interface GitStatus {
  readonly commit: string | null
  /** `null` when HEAD is detached. */
  readonly branch: string | null
  /** Work-tree changes by path: gone, or there with the mode that git would record. */
  readonly changed: ReadonlyMap<string, WorkTreeChange>
  /** Neither tracked nor ignored; a nested repository ends in `/`. */
  readonly untracked: readonly string[]
  /** Paths that differ from the commit, untracked ones included. */
  readonly differing: readonly string[]
  /** Git could not look at some files (a closed directory, an endless link) and counts them as unchanged. */
  readonly isDoubtful: boolean
  /** Untracked paths whose bytes are not UTF-8, shown as Latin-1. */
  readonly undecodable: readonly string[]
}

export interface WorkTreeChange {
  readonly kind: 'deleted' | 'modified' | 'submodule'
  readonly mode: number
}

/** Asks git once. Filter drivers in `disabledFilters` are not run. */
export async function readGitStatus(top: string, options: StatusOptions): Promise<GitStatus> {
  const off = options.disabledFilters.flatMap((name) =>
    ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((setting) => ['-c', `filter.${name}.${setting}`]),
  )
  const args = [
    ...off,
    '--literal-pathspecs',
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--no-renames',
    '--no-ahead-behind',
    '--ignore-submodules=dirty',
  ]
  args.push(options.untracked ? '--untracked-files=all' : '--untracked-files=no')
  if (options.prefix !== '') args.push('--', options.prefix)
  let complaint = ''
  const listing = await runGit(top, args, {signal: options.signal, onComplaint: (text) => (complaint = text)})
  return {...parseGitStatus(listing), isDoubtful: complaint.split('\n').some((line) => /^(?!warning: |hint: ).*: /.test(line))}
}

export interface StatusOptions {
  readonly prefix: string
  readonly untracked: boolean
  readonly disabledFilters: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** @param listing what `git status --porcelain=v2 --branch -z --no-renames` prints. */
export function parseGitStatus(listing: Buffer): Omit<GitStatus, 'isDoubtful'> {
  let commit: string | null = null
  let branch: string | null = null
  const changed = new Map<string, WorkTreeChange>()
  const untracked: string[] = []
  const undecodable: string[] = []
  const differing: string[] = []
  for (let start = 0; start < listing.length;) {
    const found = listing.indexOf(0, start)
    const end = found === -1 ? listing.length : found
    const bytes = listing.subarray(start, end)
    start = end + 1
    const sound = isUtf8(bytes)
    const line = sound ? bytes.toString('utf8') : bytes.toString('latin1')
    if (line.startsWith('# branch.oid ')) commit = line.endsWith('(initial)') ? null : line.slice(13)
    else if (line.startsWith('# branch.head ')) branch = line.endsWith(' (detached)') ? null : line.slice(14)
    if (line.startsWith('#') || line === '') continue
    const path = line.startsWith('? ') ? line.slice(2) : afterFields(line, line.startsWith('u ') ? 10 : 8)
    differing.push(path)
    if (line.startsWith('? ')) (sound ? untracked : undecodable).push(path)
    else if (line.startsWith('1 ') && line[3] !== '.') changed.set(path, workTreeChange(line))
  }
  return {commit, branch, changed, untracked, differing, undecodable}
}

/** `1 XY sub mH mI mW hH hI path` */
function workTreeChange(line: string): WorkTreeChange {
  const fields = line.split(' ', 6)
  const mode = Number.parseInt(fields[5] ?? '0', 8)
  if (line[3] === 'D') return {kind: 'deleted', mode}
  return {kind: fields[2]?.startsWith('S') === true ? 'submodule' : 'modified', mode}
}

/** What follows the given number of space-separated fields. */
function afterFields(line: string, count: number): string {
  let at = 0
  for (let i = 0; i < count; i++) at = line.indexOf(' ', at) + 1
  return line.slice(at)
}
