import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {processIdentity} from '../../src/infra/process-identity.ts'
import {asNobody} from '../support/as-nobody.ts'
import {followed, readJson, setScenario, until} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {BUILD, expectCode} from './provocation.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('job_stuck skipped: only root can have a process that the worker may not end')

/** Codes that come only after the worker has waited for long. */
describe('a worker that waits in vain', () => {
  let lab: Lab
  beforeEach(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterEach(async () => lab.stop())

  it('cache_lock_timeout: for a collection that does not end', {timeout: 120_000}, async () => {
    expect((await lab.rch(BUILD)).code).toBe(0)
    const cache = join(lab.workers[0]?.root ?? '', 'cache')
    const lock = readdirSync(cache, {recursive: true, encoding: 'utf8'}).find((path) => path.endsWith('collecting.sqlite3'))
    // Old enough to be looked at.
    const before = new Date(Date.now() - 3 * 3600 * 1000)
    for (const path of readdirSync(join(cache, 'blobs'), {recursive: true, encoding: 'utf8'}))
      utimesSync(join(cache, 'blobs', path), before, before)
    const script = `const {DatabaseSync} = require('node:sqlite')
const db = new DatabaseSync(process.argv[1]); db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`
    const holder = spawn(process.execPath, ['-e', script, join(cache, lock ?? 'no lock')], {stdio: ['ignore', 'pipe', 'inherit']})
    try {
      await once(holder.stdout, 'data')
      expectCode(await lab.rch(['xcode', 'gc', '--worker', 'w1', '--json'], {timeoutMs: 100_000}), 'cache_lock_timeout')
    } finally {
      holder.kill('SIGKILL')
      await once(holder, 'exit')
    }
  })

  it('a host that was told to stop: it leaves after half a minute, and the run can be gone on with', {timeout: 120_000}, async () => {
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(BUILD.filter((word) => word !== '--json'))
    const run = followed(child)
    const id = (await run.says(/run {7}[0-9a-f]{12}/)).slice(-12)
    const jobs = join(lab.workers[0]?.root ?? '', 'jobs')
    // Once the backend runs, the supervisor holds nothing that others have to wait for.
    const supervisors = (): number[] =>
      readdirSync(jobs, {recursive: true, encoding: 'utf8'})
        .filter((path) => path.endsWith('control.json'))
        .map((path) => readJson(join(jobs, path)) as unknown as {supervisor: {pid: number}; backends: unknown[]})
        .flatMap(({supervisor, backends}) => (backends.length > 0 ? [supervisor.pid] : []))
    await until('the backend', () => supervisors().length > 0)
    const [supervisor = 0] = supervisors()
    process.kill(supervisor, 'SIGSTOP')
    try {
      child.kill('SIGINT')
      const ended = await run.ended
      expect(ended.code, ended.stderr).toBe(80)
      expect(ended.stderr).toContain(`rch xcode resume ${id}`)
    } finally {
      process.kill(supervisor, 'SIGCONT')
    }
    const resumed = await lab.rch(['xcode', 'resume', id, '--json'])
    expect(resumed.json(), resumed.stderr).toMatchObject({error_code: 'cancelled'})
  })

  it.skipIf(!isRoot)('job_stuck: for a process of somebody else to end', {timeout: 120_000}, async () => {
    setScenario(lab, {hang: 'compile'})
    await asNobody(lab, async (rch) => {
      const started = (await rch([...BUILD, '--detach'])).json()
      const [job = ''] = started['jobs'] as string[]
      const control = join(lab.workers[0]?.root ?? '', 'jobs', job, 'control.json')
      await until('the backend', () => existsSync(control) && (readJson(control)['backends'] as unknown[]).length > 0)
      const before: {supervisor: {pid: number}; backends: unknown[]} = JSON.parse(readFileSync(control, 'utf8'))
      process.kill(before.supervisor.pid, 'SIGKILL')
      const survivor = spawn('sleep', ['300'])
      try {
        const identity = processIdentity(survivor.pid ?? 0)
        writeFileSync(control, JSON.stringify({...before, backends: [...before.backends, identity]}))
        expectCode(await rch(['xcode', 'resume', String(started['run_id']), '--json']), 'job_stuck')
      } finally {
        survivor.kill('SIGKILL')
        await once(survivor, 'exit')
      }
    })
  })
})
