import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, tmpdir} from 'node:os'
import {join} from 'node:path'
import type {EffectiveProfile} from '@rch/contract'
import {takeSnapshot} from '../src/snapshot/index.ts'

/** One line of the table: what was measured, against what, in the same run on the same tree. */
export interface BenchRow {
  readonly name: string
  readonly against: string
  /** Ours divided by theirs, at most. */
  readonly bar: number
  readonly ratio: number
  /** Medians and spreads (min to max), milliseconds. */
  readonly ours: Timing
  readonly theirs: Timing
  /** What both sides had in common. */
  readonly conditions: string
}

export interface Timing {
  readonly median: number
  readonly min: number
  readonly max: number
}

const PAIRS = 9

/** All rows of the snapshot. Trees are made below the system's temporary directory and removed. */
export async function snapshotRows(): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-snapshot-')))
  try {
    const rows: BenchRow[] = []
    for (const files of [20_000, 100_000]) {
      const root = makeTree(join(base, `tree-${files}`), files)
      rows.push(await unchanged(root, join(base, `cache-${files}`), files), await oneEdit(root, join(base, `cache-${files}`), files))
      rows.push(await cold(root, join(base, 'cold-cache'), files))
      rmSync(root, {recursive: true})
    }
    return rows
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

async function unchanged(root: string, cacheDir: string, files: number): Promise<BenchRow> {
  await snapshot(root, cacheDir)
  return {
    name: `snapshot, nothing changed, ${files} files`,
    against: 'git status',
    bar: 1.5,
    conditions: 'same tree and index, page cache warm, index refreshed, snapshot cache warm, one process',
    ...(await compare(
      () => snapshot(root, cacheDir),
      () => run('git', ['status'], root),
    )),
  }
}

async function oneEdit(root: string, cacheDir: string, files: number): Promise<BenchRow> {
  let edits = 0
  const edit = () => writeFileSync(join(root, 'Sources/Module1/Group0/File1.swift'), `let edited = ${edits++}\n`)
  const row = await compare(
    () => snapshot(root, cacheDir),
    () => run('git', ['status'], root),
    edit,
  )
  execFileSync('git', ['checkout', '-q', '.'], {cwd: root})
  return {
    name: `snapshot after one edit, ${files} files`,
    against: 'git status',
    bar: 1.5,
    conditions: 'one tracked file rewritten before each measurement, else as above',
    ...row,
  }
}

async function cold(root: string, cacheDir: string, files: number): Promise<BenchRow> {
  const cores = availableParallelism()
  return {
    name: `snapshot, cold, ${files} files`,
    against: `sha256sum on ${cores} cores`,
    bar: 1.3,
    conditions: 'no snapshot cache, page cache warm for both; git ls-files -z | xargs -0 -n 500 -P cores sha256sum',
    ...(await compare(
      () => snapshot(root, cacheDir),
      () => run('sh', ['-c', `git ls-files -z | xargs -0 -n 500 -P ${cores} sha256sum`], root),
      () => rmSync(cacheDir, {recursive: true, force: true}),
    )),
  }
}

/** Interleaved pairs, after one of each that does not count. `prepare` runs before every single measurement. */
async function compare(
  ours: () => Promise<void>,
  theirs: () => void,
  prepare = () => {},
): Promise<Pick<BenchRow, 'ours' | 'theirs' | 'ratio'>> {
  const times: {ours: number[]; theirs: number[]} = {ours: [], theirs: []}
  for (let i = 0; i <= PAIRS; i++) {
    prepare()
    await settle()
    const a = performance.now()
    await ours()
    const b = performance.now()
    prepare()
    await settle()
    const c = performance.now()
    theirs()
    const d = performance.now()
    if (i === 0) continue
    times.ours.push(b - a)
    times.theirs.push(d - c)
  }
  const timings = {ours: timing(times.ours), theirs: timing(times.theirs)}
  return {...timings, ratio: timings.ours.median / timings.theirs.median}
}

/** What was prepared is past, as it is when somebody types the next command. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30))
}

function timing(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b)
  return {median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0}
}

async function snapshot(root: string, cacheDir: string): Promise<void> {
  await takeSnapshot({root, source: SOURCE, container: null, cacheDir})
}

function run(command: string, args: readonly string[], cwd: string): void {
  const {status} = spawnSync(command, args, {cwd, stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 30})
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
}

/** Small source files in directories of twenty, committed, with a refreshed index. */
function makeTree(root: string, files: number): string {
  for (let i = 0; i < files; i += 20) {
    const group = i / 20
    const directory = join(root, `Sources/Module${group % 50}/Group${Math.floor(group / 50)}`)
    mkdirSync(directory, {recursive: true})
    for (let k = 0; k < 20; k++) {
      writeFileSync(
        join(directory, `File${k}.swift`),
        `// ${i + k}\n${`let value${i + k} = ${(i + k) * 7919}\n`.repeat(20 + ((i + k) % 150))}`,
      )
    }
  }
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '-qm', 'tree'],
  ]) {
    execFileSync('git', args, {cwd: root})
  }
  execFileSync('git', ['status'], {cwd: root, stdio: 'ignore'})
  return root
}

const SOURCE: EffectiveProfile['source'] = {
  mode: 'vcs',
  require_clean: false,
  include_untracked: true,
  include: [],
  excludes: [],
  symlinks: 'allow_safe',
  hardlinks: 'allow',
  submodules: 'include',
  lfs: 'require',
  max_bytes: 4_000_000_000,
  max_file_bytes: 1_000_000_000,
  read_only: false,
  verify_after_stage: false,
  verify_after_run: false,
  stager: 'cas',
}

if (import.meta.main) {
  for (const {name, against, bar, ratio, ours, theirs} of await snapshotRows()) {
    const spread = ({median, min, max}: Timing) => `${median.toFixed(0)} ms (${min.toFixed(0)}..${max.toFixed(0)})`
    console.log(
      `${ratio <= bar ? 'ok  ' : 'OVER'} ${name}: ${ratio.toFixed(2)}x of ${against}, bar ${bar}: ${spread(ours)} vs ${spread(theirs)}`,
    )
  }
}
