import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {Connection} from '@rch/contract'
import type {StagedSource} from '../src/staging/staged-source.ts'
import {startProxy, type TcpProxy} from '../test/support/proxy.ts'
import {compare, type Measured} from './compare.ts'
import type {BenchRow} from './row.ts'
import {openRun, sourceOfTree, sourceText, stageOver, startWorker, writeLargeFile, writeTree, type BenchWorker} from './staging-fixture.ts'

const run = promisify(execFile)

/** A worker, a tree on the host, and where rsync puts its copy. */
interface Place {
  readonly worker: BenchWorker
  readonly tree: string
  readonly copy: string
  /** Of sshd itself, or of the delaying proxy before it. */
  readonly port: number
}

/** What is staged, and how far away the worker is. */
export type StagingScene = 'small files' | 'one large file' | 'small files, 50 ms'

/**
 * Staging against `rsync -a` through the same sshd, interleaved pairs. Ours goes over the run's connection, whose session has
 * answered `reserve` by then, in a harness that knows nothing of the source yet; rsync connects each time, as its users do. The
 * snapshot is taken beforehand (it has rows of its own).
 */
export async function stagingRows(scene: StagingScene, pairs: number): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-staging-')))
  const worker = await startWorker(join(base, 'worker'))
  const proxy = await startProxy({host: worker.sshd.host, port: worker.sshd.port, delayMs: 25})
  const place = (port = worker.sshd.port): Place => ({worker, tree: join(base, 'tree'), copy: join(base, 'copy'), port})
  try {
    return await SCENES[scene](place, proxy, pairs)
  } finally {
    await proxy.close()
    await worker.stop()
    rmSync(base, {recursive: true, force: true})
  }
}

type Scene = (place: (port?: number) => Place, proxy: TcpProxy, pairs: number) => Promise<readonly BenchRow[]>

const SCENES: Readonly<Record<StagingScene, Scene>> = {
  'small files': async (place, _proxy, pairs) => [
    await first('first staging, 10000 files', 0.7, withTree(place(), 10_000), pairs),
    await first('first staging, 20000 files', 0.7, withTree(place(), 20_000), pairs),
    await edit('staging after one edit, 20000 files', 0.5, withTree(place(), 20_000), pairs),
  ],
  'one large file': async (place, _proxy, pairs) => [await first('staging one file of 2 GB', 1, withLargeFile(place()), pairs)],
  'small files, 50 ms': async (place, {port}, pairs) => [
    await first('first staging, 10000 files, 50 ms', 0.7, withTree(place(port), 10_000), pairs),
    await edit('staging after one edit, 10000 files, 50 ms', 0.5, withTree(place(port), 10_000), pairs),
  ],
}

async function first(name: string, bar: number, place: Place, pairs: number): Promise<BenchRow> {
  const source = sourceOfTree(place.tree)
  const measured = await compare(
    () => timed(place, (connection) => stageOver(connection, source)),
    () => rsync(place),
    {pairs, prepare: () => empty(place)},
  )
  const conditions = 'empty worker and empty target before each measurement, page cache of the source warm'
  return {name, bar, conditions, against: 'rsync -a', ...measured}
}

async function edit(name: string, bar: number, place: Place, pairs: number): Promise<BenchRow> {
  empty(place)
  let known = sourceOfTree(place.tree)
  let next: StagedSource = known
  let edits = 0
  await timed(place, (connection) => stageOver(connection, known))
  await rsync(place)
  const ours = async (connection: Connection): Promise<void> => {
    await stageOver(connection, next, known.manifestBytes)
    known = next
  }
  const prepare = (): void => {
    writeFileSync(join(place.tree, 'Sources/Module1/File1.swift'), sourceText(1_000_000 + edits++))
    next = sourceOfTree(place.tree)
  }
  const measured = await compare(
    () => timed(place, ours),
    () => rsync(place),
    {pairs, prepare},
  )
  const conditions = 'one file rewritten before each measurement, the host keeps the last manifest'
  return {name, bar, conditions, against: 'rsync -a', ...measured}
}

/** Stages over a run's connection, which is opened before the clock runs, and closed after. */
async function timed({worker, port}: Place, stage: (connection: Connection) => Promise<unknown>): Promise<Measured> {
  const connection = await openRun(worker.sshd, port)
  const started = performance.now()
  await stage(connection)
  const ms = performance.now() - started
  await connection.close()
  return {ms}
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
