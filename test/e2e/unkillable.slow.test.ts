import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {eventsOf, processesOf, setScenario, until} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'

describe.skipIf(sshdMissing() !== null)('a backend that does not want to end', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh'})
  })
  afterAll(async () => lab.stop())

  it('cancel ends a job that ignores every polite signal, with the process it left in another session', async () => {
    setScenario(lab, {unkillable: {phase: 'compile', seconds: 120}})
    const started = await lab.rch(['xcode', 'build', '--detach', '--json'])
    expect(started.code).toBe(0)
    const [job] = started.json()['jobs'] as string[]
    await until('the unkillable backend and its child', () => processesOf(job ?? '').length >= 2)
    const cancelled = await lab.rch(['xcode', 'cancel', job ?? '', '--json'])
    expect(cancelled.code).toBe(0)
    expect(cancelled.json()).toMatchObject({jobs: [{job_id: job, state: 'cancelled'}]})
    expect(processesOf(job ?? '')).toEqual([])
    const complete = eventsOf(join(lab.workers[0]?.root ?? '', 'jobs', job ?? '', 'artifacts')).at(-1)
    expect(complete).toMatchObject({type: 'complete', state: 'cancelled', error_code: 'cancelled'})
    expect(complete?.['reaped']).toBeGreaterThan(0)
    const again = await lab.rch(['xcode', 'cancel', job ?? '', '--json'])
    expect(again.json()).toMatchObject({jobs: [{found: 'sealed', state: 'cancelled'}]})
  })
})
