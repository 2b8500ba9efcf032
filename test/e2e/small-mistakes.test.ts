import {randomBytes} from 'node:crypto'
import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {followed} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

describe('what people type and do by mistake', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  it.each([
    [['xcode', 'build', '--schem', 'App'], 2, '--scheme'],
    [['xcode', 'runs', '--stauts', 'failed'], 2, '--status'],
    [['xcode', 'verfy'], 127, 'xcode verify'],
    [['xcode', 'workers', 'ad'], 127, 'xcode workers add'],
  ])('%j is told what was probably meant, in two lines', async (words, code, meant) => {
    const ran = await lab.rch(words)
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain(`did you mean`)
    expect(ran.stderr).toContain(meant)
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2)
    const json = await lab.rch([...words, '--json'])
    expect(json.json()).toMatchObject({ok: false, error_code: 'usage_error'})
  })

  it('a run that is stopped before it has a job was cancelled, not lost', async () => {
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    await run.says(/select {4}asking/)
    child.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code, ended.stderr).toBe(80)
    expect(ended.json()).toMatchObject({ok: false, error_code: 'cancelled'})
  })

  it('so was one that is stopped while its source is on the way; its place is free at once', async () => {
    const large = join(lab.project, 'large.bin')
    writeFileSync(large, randomBytes(30_000_000))
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    await run.says(/run {7}/)
    child.kill('SIGINT')
    const ended = await run.ended
    rmSync(large)
    expect(ended.code, ended.stderr).toBe(80)
    expect(ended.json()).toMatchObject({error_code: 'cancelled'})
    const next = await lab.rch(['xcode', 'build', '--set', 'worker.max_queue_seconds=0', '--json'])
    expect(next.json()).toMatchObject({ok: true})
  })

  it('what ran on the embedded worker is found there without saying so', async () => {
    const started = await lab.rch(['xcode', 'build', '--worker', 'embedded', '--detach', '--json'])
    const id = String(started.json()['run_id'])
    for (const command of ['watch', 'status', 'cancel', 'fetch']) {
      const ran = await lab.rch(['xcode', command, id])
      expect(ran.code, `${command}: ${ran.stderr}`).toBe(0)
    }
  })
})
