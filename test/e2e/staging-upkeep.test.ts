import {appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {randomBytes} from 'node:crypto'
import {basename, dirname, join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import * as z from 'zod'
import {sha256, uuidv7} from '@rch/contract/identity'
import {
  age,
  ageBlobs,
  eventsOf,
  followed,
  hasTerminals,
  holdAt,
  rchInTerminal,
  setScenario,
  until,
  workerJobs,
} from '../support/lab-tools.ts'
import {createLab, type Lab, type Ran} from '../support/lab.ts'

const HOUR_SECONDS = 3600
const RUNS = z.object({runs: z.array(z.object({run_id: z.string()})).min(1)})

describe('what staging leaves on a worker', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => lab.stop())

  it('a run keeps its source however long its first step took, and lets go of it at its end', async () => {
    const {release} = holdAt(lab, 'compile')
    const run = followed(lab.start(['xcode', 'verify', '--json']))
    await until('the first workspace', () => workspaces(lab).length === 1)
    for (const upload of uploads(lab)) age(upload, 2 * HOUR_SECONDS)
    release()
    expectGreen(await run.ended)
    expect(uploads(lab)).toEqual([])
  })

  it('a source that the worker lost between two steps is staged again', async () => {
    const {release} = holdAt(lab, 'compile')
    const known = workspaces(lab).length
    const run = followed(lab.start(['xcode', 'verify', '--json']))
    await until('the workspace', () => workspaces(lab).length > known)
    for (const upload of uploads(lab)) rmSync(upload, {recursive: true})
    release()
    const ran = await run.ended
    expectGreen(ran)
    expect(ran.stderr).toMatch(/staged again/)
  })

  it('a cache that cannot be written keeps no run from its verdict', async () => {
    expectGreen(await lab.rch(['xcode', 'build', '--json'], {env: {XDG_CACHE_HOME: '/etc/hostname'}}))
  })

  it('an agent may run more often than an owner may hold uploads', async () => {
    for (let i = 0; i < 64; i++) {
      const upload = join(stageOf(lab), uuidv7())
      mkdirSync(upload, {recursive: true})
      age(upload, 2 * HOUR_SECONDS)
    }
    expectGreen(await lab.rch(['xcode', 'test', '--json']))
  })

  it('a run whose host was killed while it staged is resumed from its plan', async () => {
    const large = join(lab.project, 'large.bin')
    writeFileSync(large, randomBytes(40_000_000))
    const child = lab.start(['xcode', 'build', '--json'])
    await until('an upload', () => uploads(lab).length > 0)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    const {runs} = RUNS.parse((await lab.rch(['xcode', 'runs', '--json'])).json())
    expectGreen(await lab.rch(['xcode', 'resume', runs[0]?.run_id ?? '', '--json']))
    rmSync(large)
    expectGreen(await lab.rch(['xcode', 'build', '--json']))
  })

  it('a run says so when most of the last source is gone or different, and only then', async () => {
    const once = await lab.rch(['xcode', 'build'])
    expect(once.stderr).not.toMatch(/more than half/)
    for (const file of lab.git('ls-files').trim().split('\n'))
      if (file.endsWith('.swift')) appendFileSync(join(lab.project, file), '\n// another line\n')
    const again = await lab.rch(['xcode', 'build'])
    expect(again.code).toBe(0)
    expect(again.stderr).toMatch(/more than half of the last source.*0 removed, 5 changed/)
  })

  it.skipIf(!hasTerminals)('at a terminal it asks for --yes before it sends such a source', async () => {
    const sources = lab.git('ls-files').trim().split('\n')
    for (const file of sources) if (file.endsWith('.swift')) appendFileSync(join(lab.project, file), '\n// one more line\n')
    const before = workerJobs(lab.workers[0]!).length
    const asked = await rchInTerminal(lab, ['xcode', 'build'])
    expect(asked.code).toBe(92)
    const code = 'source_changed_drastically'
    expect(asked.stdout).toContain(code)
    expect(asked.stdout).toMatch(/0 are gone and 5 are different/)
    expect(asked.stdout).toContain('--yes')
    expect(workerJobs(lab.workers[0]!)).toHaveLength(before)
    const meant = await rchInTerminal(lab, ['xcode', 'build', '--yes'])
    expect(meant.code, meant.stdout).toBe(0)
    expect((await rchInTerminal(lab, ['xcode', 'build'])).code).toBe(0)
  })

  it('a content that a disk damaged is put aside, asked for again, and the run succeeds', async () => {
    const file = join(lab.project, 'Sources/HelloKit/Tally.swift')
    const [first, second] = [`// first ${'x'.repeat(200)}\n`, `// second\n`].map((line) => line + readFileSync(file, 'utf8'))
    for (const text of [first, second]) {
      writeFileSync(file, text ?? '')
      expectGreen(await lab.rch(['xcode', 'build', '--json']))
    }
    const digest = sha256(Buffer.from(first ?? ''))
    expect(damage(lab, Buffer.from(first ?? ''))).toBeGreaterThan(0)
    writeFileSync(file, first ?? '')
    const jobsBefore = workerJobs(lab.workers[0]!).length
    const ran = await lab.rch(['xcode', 'build', '--json'])
    expectGreen(ran)
    expect(ran.stderr).toMatch(/damaged or gone.*staged again/)
    // The job that found it stays as it ended; the one after it is the step's.
    const jobs = workerJobs(lab.workers[0]!)
    expect(jobs).toHaveLength(jobsBefore + 2)
    const stored = readdirSync(join(lab.workers[0]!.root, 'cache'), {recursive: true, encoding: 'utf8'})
    expect(stored.filter((path) => path.includes('quarantine') && path.includes(digest))).toHaveLength(1)
    const runId = String(ran.json()['run_id'])
    const checked = await lab.rch(['xcode', 'validate', runId, '--json'])
    expect(checked.code, checked.stdout).toBe(0)
    const again = await lab.rch(['xcode', 'build', '--json'])
    expectGreen(again)
    expect(workerJobs(lab.workers[0]!)).toHaveLength(jobsBefore + 3)

    writeFileSync(file, second ?? '')
    expectGreen(await lab.rch(['xcode', 'build', '--json']))
    expect(damage(lab, Buffer.from(first ?? ''))).toBeGreaterThan(0)
    writeFileSync(file, first ?? '')
    const detached = await lab.rch(['xcode', 'build', '--detach', '--json'])
    expectGreen(detached)
    const resumed = await lab.rch(['xcode', 'resume', String(detached.json()['run_id']), '--json'])
    expectGreen(resumed)
    expect(resumed.stderr).toMatch(/staged again/)
  })

  it('what a killed host left of a file in its cache is collected when it is old', async () => {
    const caches = join(lab.dir, 'cache')
    const written = readdirSync(caches, {recursive: true, encoding: 'utf8'}).find((path) => basename(path).startsWith('stat-')) ?? ''
    const [old, fresh] = ['old', 'fresh'].map((name) => join(caches, dirname(written), `.tmp-${name}`))
    for (const path of [old, fresh]) writeFileSync(path ?? '', 'half')
    utimesSync(old ?? '', 0, 0)
    const collected = await lab.rch(['xcode', 'gc', '--json'])
    expect(collected.json()['removed']).toContainEqual(expect.objectContaining({what: 'leftover', name: '.tmp-old', bytes: 4}))
    expect([old, fresh].map((path) => existsSync(path ?? ''))).toEqual([false, true])
    rmSync(fresh ?? '')
  })

  it('collecting every old blob costs a warm slot nothing', async () => {
    ageBlobs(lab.workers[0]!)
    const collected = await lab.rch(['xcode', 'gc', '--worker', 'w1', '--json'])
    expect(collected.code, collected.stdout).toBe(0)
    expect(collected.json()['removed']).toContainEqual(expect.objectContaining({what: 'blobs'}))
    const ran = await lab.rch(['xcode', 'test', '--json'])
    expectGreen(ran)
    expect(workspaces(lab).at(-1)).toMatchObject({files_written: 0, files_removed: 0})
  })
})

function stageOf(lab: Lab): string {
  return join(lab.workers[0]!.root, 'stage/local')
}

/** Bends a byte of a content wherever the worker's store has it; answers in how many files. */
function damage(lab: Lab, content: Buffer): number {
  const files = readdirSync(join(lab.workers[0]!.root, 'cache/blobs'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return files.filter((path) => {
    const bytes = readFileSync(path)
    const at = bytes.indexOf(content)
    if (at === -1) return false
    bytes[at] = (bytes[at] ?? 0) ^ 1
    chmodSync(path, 0o600)
    writeFileSync(path, bytes)
    return true
  }).length
}

/** What the worker still holds of sources that came. */
function uploads(lab: Lab): readonly string[] {
  return readdirSync(stageOf(lab)).map((name) => join(stageOf(lab), name))
}

/** How each job's workspace was made, oldest job first. */
function workspaces(lab: Lab): readonly Readonly<Record<string, unknown>>[] {
  return workerJobs(lab.workers[0]!)
    .toSorted()
    .flatMap((job) => eventsIfThere(join(job, 'artifacts')).filter(({type}) => type === 'materialised'))
}

function eventsIfThere(set: string): ReturnType<typeof eventsOf> {
  try {
    return eventsOf(set)
  } catch {
    // Not begun, or a line is being written.
    return []
  }
}

function expectGreen(ran: Ran): void {
  expect(ran.json().errors).toEqual([])
  expect(ran.code).toBe(0)
}
