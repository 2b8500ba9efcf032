import {appendFileSync, mkdirSync, readdirSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {uuidv7} from '@rch/contract/identity'
import {eventsOf, followed, setScenario, until, workerJobs} from '../support/lab-tools.ts'
import {createLab, type Lab, type Ran} from '../support/lab.ts'

const HOUR_SECONDS = 3600

describe('what staging leaves on a worker', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => lab.stop())

  it('a run keeps its source however long its first step took, and lets go of it at its end', async () => {
    setScenario(lab, {slow_ms: {compile: 1500}})
    const run = followed(lab.start(['xcode', 'verify', '--json']))
    await until('the first workspace', () => workspaces(lab).length === 1)
    for (const upload of uploads(lab)) age(upload, 2 * HOUR_SECONDS)
    expectGreen(await run.ended)
    expect(uploads(lab)).toEqual([])
  })

  it('an agent may run more often than an owner may hold uploads', async () => {
    for (let i = 0; i < 64; i++) {
      const upload = join(stageOf(lab), uuidv7())
      mkdirSync(upload, {recursive: true})
      age(upload, 2 * HOUR_SECONDS)
    }
    expectGreen(await lab.rch(['xcode', 'test', '--json']))
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

  it('collecting every old blob costs a warm slot nothing', async () => {
    const blobs = join(lab.workers[0]!.root, 'cache/blobs')
    for (const entry of readdirSync(blobs, {recursive: true, withFileTypes: true}))
      if (entry.isFile()) age(join(entry.parentPath, entry.name), 400 * 24 * HOUR_SECONDS)
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

/** What the worker still holds of sources that came. */
function uploads(lab: Lab): readonly string[] {
  return readdirSync(stageOf(lab)).map((name) => join(stageOf(lab), name))
}

function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds
  utimesSync(path, then, then)
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
