import {randomBytes} from 'node:crypto'
import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {followed, setScenario, until} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {expectCode} from './provocation.ts'

const AT_ONCE = ['xcode', 'build', '--json', '--set', 'worker.max_queue_seconds=0']

describe('a worker whose place a killed rch holds', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    expect((await lab.rch(AT_ONCE)).code).toBe(0)
  })
  afterAll(async () => lab.stop())

  const notes = (): readonly string[] => readdirSync(join(lab.dir, 'state/rch/leases'))

  it('takes the next run of that host at once, when nothing runs there', async () => {
    writeFileSync(join(lab.project, 'large.bin'), randomBytes(40_000_000))
    const child = lab.start(['xcode', 'build', '--json'])
    const stage = join(lab.workers[0]?.root ?? '', 'stage/local')
    await until('an upload', () => existsSync(stage) && readdirSync(stage).length > 0)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(notes()).toHaveLength(1)
    const next = await lab.rch(AT_ONCE)
    expect(next.json()).toMatchObject({ok: true, error_code: null})
    expect(notes()).toEqual([])
  })

  it('keeps it for a job that runs, and says how to go on with it or to end it', async () => {
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(['xcode', 'build'])
    const first = followed(child)
    await first.says(/workspace /)
    const run = /run {7}([0-9a-f]{12})/.exec(first.text())?.[1] ?? expect.fail('it named no run')
    child.kill('SIGKILL')
    await first.ended
    const next = await lab.rch(AT_ONCE)
    expectCode(next, 'worker_busy')
    for (const verb of ['resume', 'cancel']) expect(next.stderr).toContain(`rch xcode ${verb} ${run}`)
    expect((await lab.rch(['xcode', 'cancel', run])).code).toBe(0)
    setScenario(lab, null)
    expect((await lab.rch(AT_ONCE)).code).toBe(0)
  })
})
