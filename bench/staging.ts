import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {Connection} from '@rch/contract'
import type {StagedSource} from '../src/staging/staged-source.ts'
import {startProxy, type TcpProxy} from '../test/support/proxy.ts'
import type {BenchRow, Timing} from './snapshot.ts'
import {measureMemory, type Memory} from './staging-memory.ts'
import {openRun, sourceOfTree, sourceText, stageOver, startWorker, writeLargeFile, writeTree, type BenchWorker} from './staging-fixture.ts'

const PAIRS = 9
/** Peak resident memory of either side, in bytes, that no staging may need. */
export const MEMORY_BAR = 250_000_000

const run = promisify(execFile)

/** A worker, a tree on the host, and where rsync puts its copy. */
interface Place {
  readonly worker: BenchWorker
  readonly tree: string
  readonly copy: string
  /** Of sshd itself, or of the delaying proxy before it. */
  readonly port: number
}

/**
 * Staging against `rsync -a` through the same sshd, interleaved pairs. Ours goes over the run's connection, whose session has
 * answered `reserve` by then, in a harness that knows nothing of the source yet; rsync connects each time, as its users do. The
 * snapshot is taken beforehand (it has rows of its own). `only` picks rows by a part of their name.
 */
export async function stagingRows(only = '', pairs = PAIRS): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-staging-')))
  const worker = await startWorker(join(base, 'worker'))
  const proxy = await startProxy({host: worker.sshd.host, port: worker.sshd.port, delayMs: 25})
  try {
    const rows: BenchRow[] = []
    for (const [name, row] of scenarios(base, worker, proxy, pairs)) if (name.includes(only)) rows.push(await row(name))
    return rows
  } finally {
    await proxy.close()
    await worker.stop()
    rmSync(base, {recursive: true, force: true})
  }
}

function scenarios(
  base: string,
  worker: BenchWorker,
  proxy: TcpProxy,
  pairs: number,
): readonly (readonly [string, (name: string) => Promise<BenchRow>])[] {
  const place = (tree: string, port = worker.sshd.port): Place => ({worker, tree: join(base, tree), copy: join(base, 'copy'), port})
  return [
    ['first staging, 10000 files', (name) => first(name, 0.7, withTree(place('tree-10000'), 10_000), pairs)],
    ['first staging, 20000 files', (name) => first(name, 0.7, withTree(place('tree-20000'), 20_000), pairs)],
    ['staging after one edit, 20000 files', (name) => edit(name, 0.5, withTree(place('tree-20000'), 20_000), pairs)],
    ['staging one file of 2 GB', (name) => first(name, 1, withLargeFile(place('tree-large')), pairs)],
    ['first staging, 10000 files, 50 ms', (name) => first(name, 0.7, withTree(place('tree-10000', proxy.port), 10_000), pairs)],
    ['staging after one edit, 10000 files, 50 ms', (name) => edit(name, 0.5, withTree(place('tree-10000', proxy.port), 10_000), pairs)],
  ]
}

async function first(name: string, bar: number, place: Place, pairs: number): Promise<BenchRow> {
  const source = sourceOfTree(place.tree)
  const conditions = 'empty worker and empty target before each measurement, page cache of the source warm'
  const ours = (connection: Connection): Promise<unknown> => stageOver(connection, source)
  return {
    name,
    bar,
    conditions,
    against: 'rsync -a',
    ...(await compare(
      pairs,
      place,
      ours,
      () => rsync(place),
      () => empty(place),
    )),
  }
}

async function edit(name: string, bar: number, place: Place, pairs: number): Promise<BenchRow> {
  empty(place)
  let known = sourceOfTree(place.tree)
  const connection = await openRun(place.worker.sshd, place.port)
  await stageOver(connection, known)
  await connection.close()
  await rsync(place)
  let next: StagedSource = known
  let edits = 0
  const prepare = (): void => {
    writeFileSync(join(place.tree, 'Sources/Module1/File1.swift'), sourceText(1_000_000 + edits++))
    next = sourceOfTree(place.tree)
  }
  const ours = async (connection: Connection): Promise<void> => {
    await stageOver(connection, next, known.manifestBytes)
    known = next
  }
  const conditions = 'one file rewritten before each measurement, the host keeps the last manifest'
  return {name, bar, conditions, against: 'rsync -a', ...(await compare(pairs, place, ours, () => rsync(place), prepare))}
}

/** Interleaved pairs, after one that does not count. */
async function compare(
  pairs: number,
  {worker, port}: Place,
  ours: (connection: Connection) => Promise<unknown>,
  theirs: () => Promise<unknown>,
  prepare: () => void,
): Promise<Pick<BenchRow, 'ours' | 'theirs' | 'ratio'>> {
  const times: {readonly ours: number[]; readonly theirs: number[]} = {ours: [], theirs: []}
  for (let pair = 0; pair <= pairs; pair++) {
    for (const side of ['ours', 'theirs'] as const) {
      prepare()
      const connection = side === 'ours' ? await openRun(worker.sshd, port) : null
      const started = performance.now()
      await (connection === null ? theirs() : ours(connection))
      if (pair > 0) times[side].push(performance.now() - started)
      await connection?.close()
    }
  }
  const timings = {ours: timing(times.ours), theirs: timing(times.theirs)}
  return {...timings, ratio: timings.ours.median / timings.theirs.median}
}

function timing(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b)
  return {median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0}
}

async function rsync({worker, tree, copy, port}: Place): Promise<void> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'IdentitiesOnly=yes']
  const ssh = ['ssh', '-i', worker.sshd.keys.jump, '-p', String(port), ...options.flatMap((option) => ['-o', option])].join(' ')
  await run('rsync', ['-a', '-e', ssh, `${tree}/`, `${worker.sshd.user}@${worker.sshd.host}:${copy}/`])
}

function empty({worker, copy}: Place): void {
  for (const directory of ['stage', 'cache']) rmSync(join(worker.root, directory), {recursive: true, force: true})
  rmSync(copy, {recursive: true, force: true})
  mkdirSync(copy)
}

function withTree(place: Place, files: number): Place {
  rmSync(place.tree, {recursive: true, force: true})
  writeTree(place.tree, files)
  return place
}

function withLargeFile(place: Place): Place {
  writeLargeFile(place.tree, 2_000_000_000)
  return place
}

/** Peak memory of host and harness with 100,000 files and with a file of 2 GB. */
export async function stagingMemory(): Promise<readonly (Memory & {readonly name: string})[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-staging-')))
  try {
    writeTree(join(base, 'many'), 100_000)
    const many = {name: '100000 files', ...(await measureMemory(join(base, 'worker-many'), join(base, 'many')))}
    rmSync(join(base, 'many'), {recursive: true})
    writeLargeFile(join(base, 'large'), 2_000_000_000)
    return [many, {name: 'one file of 2 GB', ...(await measureMemory(join(base, 'worker-large'), join(base, 'large')))}]
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

if (import.meta.main) {
  const [only, pairs] = process.argv.slice(2)
  const spread = ({median, min, max}: Timing): string => `${median.toFixed(0)} ms (${min.toFixed(0)}..${max.toFixed(0)})`
  if (only !== 'memory') {
    for (const {name, against, bar, ratio, ours, theirs} of await stagingRows(only, pairs === undefined ? PAIRS : Number(pairs))) {
      console.log(
        `${ratio <= bar ? 'ok  ' : 'OVER'} ${name}: ${ratio.toFixed(2)}x of ${against}, bar ${bar}: ${spread(ours)} vs ${spread(theirs)}`,
      )
    }
  }
  if (only === undefined || only === 'memory') {
    for (const {name, host, harness} of await stagingMemory()) {
      const over = Math.max(host, harness) > MEMORY_BAR
      console.log(
        `${over ? 'OVER' : 'ok  '} memory, ${name}: host ${(host / 1e6).toFixed(0)} MB, harness ${(harness / 1e6).toFixed(0)} MB, bar ${MEMORY_BAR / 1e6} MB`,
      )
    }
  }
}
