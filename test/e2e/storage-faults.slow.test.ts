import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrorCode} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {harnessProcesses} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab, type Ran} from '../support/lab.ts'
import {seeded} from '../support/seeded.ts'
import {canTrace, faultsAt, pointsBelow, TRACE_STORAGE, type CallPoint} from '../support/strace.ts'

/** How many of all points and faults are tried; `RCH_TEST_FAULTS=100000` tries all. */
const TRIED = Number(process.env['RCH_TEST_FAULTS'] ?? 40)
const SEED = Number(process.env['RCH_TEST_SEED'] ?? Date.now() % 1_000_000)
const FILES = 8

describe.skipIf(!canTrace())('the shipped harness, killed or refused by the system while it stages', () => {
  let lab: Lab
  let points: readonly CallPoint[]
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
    const log = join(lab.dir, 'strace.log')
    expect((await buildAnew('points', ['-y', '-s', '300', '-o', log, '-e', TRACE_STORAGE])).code).toBe(0)
    points = pointsBelow(log, lab.workers[0]?.root ?? '')
  })
  afterAll(async () => lab.stop())

  /** Builds a source that the worker has not seen; `strace` watches the first harness of the run. */
  async function buildAnew(text: string, strace: readonly string[]): Promise<Ran> {
    for (let i = 0; i < FILES; i++) writeFileSync(join(lab.project, `Sources/HelloKit/Extra${i}.swift`), `// ${text} ${i}\n`)
    return lab.rch(['xcode', 'build', '--json'], {env: tracedWorker(lab, strace), timeoutMs: 30_000})
  }

  /** Calls are counted, and their number varies: one that hits a pipe of Node's own is nothing that a disk does. */
  const isOurs = (log: string): boolean => {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    const hit = lines.find((line) => line.endsWith('(INJECTED)')) ?? lines.findLast((line) => !/^(?:\+\+\+|---)/.test(line))
    return hit?.includes(lab.workers[0]?.root ?? '') === true
  }

  it('ends with a code that says why, or goes on; the next run is green and has just the source', async () => {
    console.warn(`storage faults: RCH_TEST_SEED=${SEED}`)
    const all = points.flatMap((point) => faultsAt(point).map((fault) => ({...point, fault})))
    const ended = new Map<string, number>()
    for (const {call, when, fault} of sample(all, TRIED, seeded(SEED))) {
      const where = `${call} ${when} ${fault}`
      const log = join(lab.dir, 'fault.log')
      const ran = await buildAnew(where, [
        '-y',
        '-s',
        '300',
        '-o',
        log,
        '-e',
        `trace=${call}`,
        '-e',
        `inject=${call}:${fault}:when=${when}`,
      ])
      if (!isOurs(log)) {
        for (const pid of harnessProcesses(lab, '--forced')) process.kill(pid, 'SIGKILL')
        continue
      }
      const code = ran.json().error_code ?? 'green'
      ended.set(code, (ended.get(code) ?? 0) + 1)
      expect(code === 'green' || (isErrorCode(code) && code !== 'internal_error'), `${where}: ${ran.stdout}`).toBe(true)
      const next = await lab.rch(['xcode', 'build', '--json'])
      expect(next.code, `${where}: ${next.stdout}`).toBe(0)
      expect(warmTrees(lab), where).toContainEqual(sourcesBelow(join(lab.project, 'Sources')))
      checkContents(lab)
    }
    const told = [...ended].map(([code, times]) => `${code} ${times}`).join(', ')
    console.log(`${points.length} points, ${all.length} faults, of which ${Math.min(TRIED, all.length)} tried: ${told}`)
  })
})

/** A worker whose first process runs below `strace`; the others of the run are as ever. */
function tracedWorker(lab: Lab, options: readonly string[]): NodeJS.ProcessEnv {
  const marker = join(lab.dir, 'traced')
  rmSync(marker, {recursive: true, force: true})
  const file = join(lab.dir, 'traced-worker.js')
  writeFileSync(
    file,
    `
const {spawn} = require('node:child_process')
const {mkdirSync} = require('node:fs')
let first = true
try { mkdirSync(${JSON.stringify(marker)}) } catch { first = false }
const worker = [process.execPath, ${JSON.stringify(HARNESS)}, ...process.argv.slice(2)]
const [command, ...args] = first ? ['strace', ...${JSON.stringify(options)}, ...worker] : worker
const child = spawn(command, args, {stdio: 'inherit'})
child.on('close', (code) => { process.exitCode = code ?? 1 })
`,
  )
  return {RCH_XCODE_WORKER: file}
}

function sample<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  const left = [...all]
  return Array.from({length: Math.min(count, all.length)}, () => left.splice(Math.floor(random() * left.length), 1)).flat()
}

/** The sources in each tree that the lab's worker keeps warm: a slot that a fault spoiled may stand beside the one in use. */
function warmTrees(lab: Lab): readonly Readonly<Record<string, string>>[] {
  return readdirSync(join(lab.workers[0]?.root ?? '', 'cache'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.name === 'src' && entry.isDirectory())
    .map((entry) => sourcesBelow(join(entry.parentPath, entry.name, 'Sources')))
}

function sourcesBelow(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(directory, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length), readFileSync(path, 'utf8')] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  )
}

/** Every content that the worker keeps in a file of its own is what its name says. */
function checkContents(lab: Lab): void {
  const loose = join(lab.workers[0]?.root ?? '', 'cache/blobs/v1/loose')
  for (const entry of readdirSync(loose, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue
    const content = readFileSync(join(entry.parentPath, entry.name))
    expect(`${entry.parentPath.slice(-2)}${entry.name}`).toBe(sha256(content))
  }
}
