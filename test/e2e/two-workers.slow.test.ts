import {cpSync, lstatSync, mkdirSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {spawnSync} from 'node:child_process'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {eventsOf, followed, holdAt, linesOf, readJson, setScenario, touchSource} from '../support/lab-tools.ts'
import {createLab, RCH, type Lab, type Ran} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'
import {expectCode} from './provocation.ts'
import {differences, fieldsOf, isListed, listedFields, manifestEntries} from '../support/what-differs.ts'

const missing = sshdMissing()
if (missing !== null) console.warn(`two workers skipped: ${missing}`)

describe.skipIf(missing !== null)('two workers of different names', () => {
  let lab: Lab
  const runs: Record<string, Ran> = {}
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh', workers: ['alpha', 'omega']})
    for (const name of ['alpha', 'omega']) runs[name] = await lab.rch(['xcode', 'test', '--worker', name, '--json'])
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => lab.stop())

  it('give the same source the same run_id, job_key and manifest, but for a written list', () => {
    const [one, two] = ['alpha', 'omega'].map((name) => setOf(runs[name]))
    const [first, second] = [one, two].map((set) => readJson(set ?? '', 'summary.json'))
    expect(runs['alpha']?.code).toBe(0)
    expect(second?.['run_id']).toBe(first?.['run_id'])
    expect(second?.['job_key']).toBe(first?.['job_key'])
    expect(second?.['job_id']).not.toBe(first?.['job_id'])
    const sets = [one, two].map((directory, index) => ({
      directory: directory ?? '',
      root: lab.workers[index]?.root ?? '',
      jobId: String([first, second][index]?.['job_id']),
    }))
    const listed = listedFields()
    expect(differences(sets[0]!, sets[1]!).filter((found) => !isListed(listed, found))).toEqual([])
    const [left, right] = sets.map(({directory}) => manifestEntries(directory))
    expect([...(right?.keys() ?? [])]).toEqual([...(left?.keys() ?? [])])
    for (const path of ['job_key_inputs.json', 'classifier_policy.json']) expect(right?.get(path)).toEqual(left?.get(path))
    // Every row of the page names a field that is there.
    for (const [file, fields] of listed) {
      const there = fieldsOf(sets[0]?.directory ?? '', file === '' ? 'summary.json' : file)
      expect(
        [...fields].filter((field) => !there.has(field)),
        file,
      ).toEqual([])
    }
  })

  it('are two attempts of one run, and both validate on a machine that has never seen them', () => {
    expect([runs['alpha']?.json()['attempt'], runs['omega']?.json()['attempt']]).toEqual([1, 2])
    const elsewhere = join(lab.dir, 'elsewhere')
    mkdirSync(join(elsewhere, 'home'), {recursive: true})
    for (const name of ['alpha', 'omega']) {
      cpSync(setOf(runs[name]), join(elsewhere, name), {recursive: true})
      const env = {PATH: process.env['PATH'], HOME: join(elsewhere, 'home')}
      const checked = spawnSync(process.execPath, [RCH, 'xcode', 'validate', name, '--json'], {cwd: elsewhere, env, encoding: 'utf8'})
      expect(JSON.parse(checked.stdout), checked.stderr).toMatchObject({valid: true, sets: 1, violations: []})
      expect(checked.status).toBe(0)
    }
  })

  it('keep a warm slot: unchanged files keep time and inode, and one file is compiled', async () => {
    const [worker] = lab.workers
    const slot = slotOf()
    const before = filesIn(slot)
    touchSource(lab, 'warm')
    const set = setOf(await lab.rch(['xcode', 'test', '--worker', worker?.name ?? '', '--json']))
    expect(slotOf()).toBe(slot)
    const after = filesIn(slot)
    const changed = [...after].filter(([path, identity]) => before.get(path) !== identity).map(([path]) => path)
    expect(changed).toEqual(['Sources/HelloKit/Tally.swift'])
    expect(eventsOf(set).find(({type}) => type === 'materialised')).toMatchObject({files_written: 1, files_kept: before.size - 1})
    expect(compiled(set)).toEqual(['Tally.swift'])
  })

  it('build in an empty workspace of their own where that is asked for', async () => {
    const slot = slotOf()
    const before = filesIn(slot)
    const set = setOf(await lab.rch(['xcode', 'test', '--worker', 'alpha', '--set', 'workspace.mode=isolated', '--json']))
    expect(compiled(set).length).toBeGreaterThan(1)
    expect(eventsOf(set).find(({type}) => type === 'materialised')).toMatchObject({files_kept: 0})
    expect(filesIn(slot)).toEqual(before)
    const left = readdirSync(join(lab.workers[0]?.root ?? '', 'cache'), {recursive: true, encoding: 'utf8'}).filter((path) =>
      path.includes('isolated-'),
    )
    expect(left).toEqual([])
  })

  it('never give two runs one slot: the second waits, and both are right', async () => {
    const {release} = holdAt(lab, 'compile')
    const both = ['build', 'test'].map((verb) => followed(lab.start(['xcode', verb, '--worker', 'alpha', '--json'])))
    await Promise.race(both.map((run) => run.says(/queue     position /)))
    release()
    const ended = await Promise.all(both.map((run) => run.ended))
    expect(ended.map(({code}) => code)).toEqual([0, 0])
    const spans = ended.map((ran) => span(setOf(ran))).toSorted((a, b) => a.from - b.from)
    expect(spans[0]?.to).toBeLessThanOrEqual(spans[1]?.from ?? 0)
    const queued = ended.filter((ran) =>
      linesOf(String(ran.json()['directory']), 'run_events.ndjson').some((line) => line.includes('"queued"')),
    )
    expect(queued).toHaveLength(1)
  })

  it('refuse who does not want to wait', async () => {
    touchSource(lab, 'busy')
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(['xcode', 'build', '--worker', 'alpha'])
    const first = followed(child)
    await first.says(/workspace /)
    const second = await lab.rch(['xcode', 'build', '--worker', 'alpha', '--set', 'worker.max_queue_seconds=0', '--json'])
    expectCode(second, 'worker_busy')
    child.kill('SIGINT')
    expect((await first.ended).code).toBe(80)
  })

  it('never write a forwarded value anywhere, and use it', async () => {
    const canary = `canary-${Math.random().toString(36).slice(2)}-value`
    const ran = await lab.rch(['xcode', 'build', '--worker', 'alpha', '--set', 'env.allow=["FEATURE_CANARY"]', '--json'], {
      env: {FEATURE_CANARY: canary},
    })
    expect(ran.code, ran.stderr).toBe(0)
    expect(readJson(setOf(ran), 'executor_env.json')['passed_keys']).toContain('FEATURE_CANARY')
    const grep = spawnSync('grep', ['-rlaF', canary, lab.dir], {encoding: 'utf8'})
    expect(grep.stdout).toBe('')
    expect(ran.stdout + ran.stderr).not.toContain(canary)
  })

  function setOf(ran: Ran | undefined): string {
    const steps = ran?.json()['steps'] as readonly {readonly directory: string | null}[] | undefined
    return steps?.at(-1)?.directory ?? `no set: ${ran?.stdout}${ran?.stderr}`
  }

  /** The workspace of the worker's warm slot. */
  function slotOf(): string {
    const cache = join(lab.workers[0]?.root ?? '', 'cache')
    const found = readdirSync(cache, {recursive: true, encoding: 'utf8'}).filter((path) => /slots\/[0-9a-f]{64}\/\d+\/src$/.test(path))
    expect(found).toHaveLength(1)
    return join(cache, found[0] ?? '')
  }

  /** Inode and time of each file that is the source's. */
  function filesIn(slot: string): ReadonlyMap<string, string> {
    const paths = readdirSync(slot, {recursive: true, encoding: 'utf8'}).filter(
      (path) => lstatSync(join(slot, path)).isFile() && !path.startsWith('.build') && !path.startsWith('.swiftpm'),
    )
    return new Map(
      paths.toSorted().map((path) => {
        const {ino, mtimeMs} = statSync(join(slot, path))
        return [path, `${ino} ${mtimeMs}`]
      }),
    )
  }

  function compiled(set: string): readonly string[] {
    return linesOf(set, 'build.log').flatMap((line) => /^SwiftCompile normal \S+ \/\S+\/(\S+\.swift) /.exec(line)?.[1] ?? [])
  }

  function span(set: string): {readonly from: number; readonly to: number} {
    const {started_at: from, finished_at: to} = readJson(set, 'summary.json')
    return {from: Date.parse(String(from)), to: Date.parse(String(to))}
  }
})
