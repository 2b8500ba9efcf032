import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, tmpdir} from 'node:os'
import {join} from 'node:path'
import {takeSnapshot} from '../dist/snapshot/index.js'
import {SOURCE} from '../test/snapshot/test-repository.ts'
import {compare, PAIRS} from './compare.ts'
import {renderLine} from './page.ts'
import type {BenchRow} from './row.ts'

export type {BenchRow, Timing} from './row.ts'

/** All rows of the snapshot. Trees are made below the system's temporary directory and removed. */
export async function snapshotRows(pairs = PAIRS): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-snapshot-')))
  try {
    const rows: BenchRow[] = []
    for (const files of [20_000, 100_000]) {
      const root = makeTree(join(base, `tree-${files}`), files)
      rows.push(
        await unchanged(root, join(base, `cache-${files}`), files, pairs),
        await oneEdit(root, join(base, `cache-${files}`), files, pairs),
      )
      rows.push(await cold(root, join(base, 'cold-cache'), files, pairs))
      rmSync(root, {recursive: true})
    }
    return rows
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

async function unchanged(root: string, cacheDir: string, files: number, pairs: number): Promise<BenchRow> {
  await snapshot(root, cacheDir)
  return {
    name: `snapshot, nothing changed, ${files} files`,
    against: 'git status',
    bar: 1.5,
    conditions: 'same tree and index, page cache warm, index refreshed, snapshot cache warm, one process',
    ...(await compare(
      () => snapshot(root, cacheDir),
      () => run('git', ['status'], root),
      {pairs, prepare: settle},
    )),
  }
}

async function oneEdit(root: string, cacheDir: string, files: number, pairs: number): Promise<BenchRow> {
  let edits = 0
  const edit = async (): Promise<void> => {
    writeFileSync(join(root, 'Sources/Module1/Group0/File1.swift'), `let edited = ${edits++}\n`)
    await settle()
  }
  const row = await compare(
    () => snapshot(root, cacheDir),
    () => run('git', ['status'], root),
    {pairs, prepare: edit},
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

async function cold(root: string, cacheDir: string, files: number, pairs: number): Promise<BenchRow> {
  const cores = availableParallelism()
  return {
    name: `snapshot, cold, ${files} files`,
    against: `sha256sum on ${cores} cores`,
    bar: 1.3,
    conditions: 'no snapshot cache, page cache warm for both; git ls-files -z | xargs -0 -n 500 -P cores sha256sum',
    ...(await compare(
      () => snapshot(root, cacheDir),
      () => run('sh', ['-c', `git ls-files -z | xargs -0 -n 500 -P ${cores} sha256sum`], root),
      {pairs, prepare: () => rmSync(cacheDir, {recursive: true, force: true})},
    )),
  }
}

/** What was prepared is past, as it is when somebody types the next command. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30))
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

if (import.meta.main) for (const row of await snapshotRows()) console.log(renderLine(row))
