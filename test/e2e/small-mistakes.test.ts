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
    [['xcod'], 127, 'rch xcode'],
    [['xcode', 'gc', '--dry'], 2, '--dry-run'],
    [['xcode', 'plan', '--action', 'tset'], 2, 'test'],
    [['xcode', 'build', '--worker', 'embeded'], 2, 'embedded'],
  ])('%j is told what was probably meant, in two lines', async (words, code, meant) => {
    const ran = await lab.rch(words)
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain(`did you mean`)
    expect(ran.stderr).toContain(meant)
    expect(ran.stderr.slice(ran.stderr.indexOf('rch: ')).trimEnd().split('\n')).toHaveLength(2)
    const json = await lab.rch([...words, '--json'])
    expect(json.json()).toMatchObject({ok: false, error_code: 'usage_error'})
  })

  it.each([
    [['xcode', 'init', 'extra'], 'extra'],
    [['xcode', 'workers', 'add'], 'NAME'],
    [['xcode', 'workers', 'add', 'one', 'two'], 'two'],
    [['xcode', 'workers', 'add', 'one', '--port', '99999'], '--port'],
    [['xcode', 'workers', 'lst'], 'lst'],
    [['xcode', 'init', '--profile'], '--profile'],
    [['xcode', 'doctor', '--fix', '--ci'], '--fix'],
    [['xcode', 'runs', '--limit', 'x'], '--limit'],
    [['xcode', 'runs', '--refused', '--status', 'failed'], '--status'],
    [['xcode', 'report', '--junit', '--sarif'], '--junit'],
    [['xcode', 'watch'], 'ID'],
    [['xcode', 'validate', '.', '--attestation-key', 'x'], '--attestation-key'],
    [['xcode', 'cancel', ''], 'empty'],
    [['xcode', 'run', '--', 'ls'], 'xcodebuild'],
  ])('%j is told so with its code and what to type next, in two lines', async (words, named) => {
    const {code, stdout, stderr} = await lab.rch(words)
    expect(code, stderr).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/rch: usage_error: .*\n {2}→ .*\n$/)
    expect(stderr).toContain(named)
    expect(stderr).not.toMatch(/\{\w+\}|Run the command with --help/)
  })

  it.each([
    [['-shceme', 'HelloKit', 'build'], '-scheme'],
    [['-scheme', 'HelloKit', 'buid'], 'build'],
  ])('%j is told the word of xcodebuild that was probably meant', async (words, meant) => {
    for (const command of ['run', 'explain']) {
      const ran = await lab.rch(['xcode', command, '--', 'xcodebuild', ...words])
      expect(`${ran.stdout}${ran.stderr}`).toMatch(new RegExp(`→ Write ${meant},`))
    }
  })

  it('a way for the source that does not exist yet is refused, not replaced by another', async () => {
    const ran = await lab.rch(['xcode', 'build', '--stager', 'rsync', '--json'])
    expect(ran.json()).toMatchObject({ok: false, error_code: 'required_feature_unsupported'})
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
    const jobs = started.json()['jobs']
    const [job] = Array.isArray(jobs) ? jobs : []
    for (const command of ['watch', 'status', 'cancel', 'fetch']) {
      const ran = await lab.rch(['xcode', command, String(job)])
      expect(ran.code, `${command} of its job: ${ran.stderr}`).toBe(0)
    }
  })

  it('an attempt that was left is gone on with, although a later one has ended', async () => {
    writeFileSync(join(lab.project, 'Sources/HelloKit/Left.swift'), 'struct Left {}\n')
    const left = await lab.rch(['xcode', 'build', '--detach', '--json'])
    const id = String(left.json()['run_id'])
    expect((await lab.rch(['xcode', 'watch', id])).code).toBe(0)
    const later = await lab.rch(['xcode', 'build', '--json'])
    expect(later.json()).toMatchObject({ok: true, run_id: id, attempt: 2})
    expect(await openAttempts(id)).toEqual([1])
    const elsewhere = await lab.rch(['xcode', 'resume', id, '--worker', 'other', '--json'])
    expect(elsewhere.json()).toMatchObject({error_code: 'usage_error'})
    const resumed = await lab.rch(['xcode', 'resume', id, '--json'])
    expect(resumed.json()).toMatchObject({ok: true, run_id: id, attempt: 1})
    expect(await openAttempts(id)).toEqual([])
    expect((await lab.rch(['xcode', 'resume', id, '--json'])).json()).toMatchObject({error_code: 'usage_error'})
  })

  async function openAttempts(runId: string): Promise<readonly unknown[]> {
    const open = (await lab.rch(['xcode', 'status', '--json'])).json()['open_runs']
    return Array.isArray(open) ? open.filter(({run_id}) => run_id === runId).map(({attempt}) => attempt) : []
  }
})
