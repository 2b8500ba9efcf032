import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {validateSet} from '../../src/app/artifacts/validate-set.ts'
import {
  backendStarts,
  followed,
  harnessProcesses,
  jobRows,
  readJson,
  setScenario,
  touchSource,
  until,
  workerJobs,
} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {seeded} from '../support/seeded.ts'
import {sshdMissing} from '../support/sshd.ts'

const MOMENTS = Number(process.env['RCH_TEST_KILLS'] ?? 20)
const seed = Number(process.env['RCH_TEST_SEED'] ?? Date.now() % 1_000_000)
console.warn(`kills: RCH_TEST_SEED=${seed}`)

describe.skipIf(sshdMissing() !== null)('kill -9 at a random moment', () => {
  let lab: Lab
  const random = seeded(seed)
  let whole = 0
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh'})
    setScenario(lab, {slow_ms: {compile: 200, test: 200}})
    await lab.rch(['xcode', 'verify'])
    const began = Date.now()
    touchSource(lab, 'measured')
    await lab.rch(['xcode', 'verify'])
    whole = Date.now() - began
  })
  afterAll(async () => lab.stop())

  it.each(Array.from({length: MOMENTS}, (_, index) => index))('of the host (%i)', async (index) => {
    touchSource(lab, `host ${index}`)
    const child = lab.start(['xcode', 'verify', '--json'])
    const run = followed(child)
    await delay(random() * whole)
    child.kill('SIGKILL')
    await run.ended
    await settled()
  })

  it.each(Array.from({length: MOMENTS}, (_, index) => index))('of every harness (%i)', async (index) => {
    touchSource(lab, `harness ${index}`)
    const run = followed(lab.start(['xcode', 'verify', '--json']))
    await delay(random() * whole)
    for (const pid of harnessProcesses(lab, '--forced=')) kill(pid)
    const ended = await run.ended
    if (ended.code !== 0) expect([20, 30], ended.stdout + ended.stderr).toContain(ended.code)
    await settled()
  })

  it.each(Array.from({length: MOMENTS}, (_, index) => index))('of the supervisor (%i)', async (index) => {
    touchSource(lab, `supervisor ${index}`)
    const run = followed(lab.start(['xcode', 'verify', '--json']))
    const started = run.says(/job [0-9a-f]{8}-/).catch(() => null)
    await started
    await delay(random() * whole * 0.7)
    const victims = harnessProcesses(lab, ' supervise ')
    for (const pid of victims) kill(pid)
    const ended = await run.ended
    if (victims.length > 0) {
      // Either it had sealed already, or the job ended as what it is.
      if (ended.code !== 0)
        expect({code: ended.code, error: ended.json().error_code}, ended.stderr).toEqual({code: 40, error: 'worker_restarted'})
    } else expect(ended.code, ended.stderr).toBe(0)
    await settled()
  })

  it.each(Array.from({length: MOMENTS}, (_, index) => index))('of a command that only looks (%i)', async (index) => {
    const [words = []] = [['status'], ['runs'], ['workers', '--refresh'], ['report']].slice(index % 4)
    const child = lab.start(['xcode', ...words])
    const looking = followed(child)
    await delay(random() * 500)
    child.kill('SIGKILL')
    await looking.ended
    await settled()
  })

  /** After whatever happened: what there is is whole, the next commands say what happened, and the run can be brought to its end. */
  async function settled(): Promise<void> {
    const listed = await lab.rch(['xcode', 'runs', '--limit', '1', '--json'])
    expect(listed.code, listed.stderr).toBe(0)
    const [last] = listed.json()['runs'] as {run_id: string; state: string; status: string | null; directory: string}[]
    if (last !== undefined && last.status === null && existsSync(join(last.directory, 'run_plan.json'))) {
      // What was started is followed to its seal; what was not is said to be nowhere.
      const watched = await lab.rch(['xcode', 'watch', last.run_id, '--json'])
      const said = watched.stdout.trimEnd().split('\n').at(-1) ?? ''
      if (watched.code === 0) expect(JSON.parse(said)).toMatchObject({type: 'complete', exit_code: 0})
      else {
        expect(watched.code, watched.stdout).toBe(2)
        // Which of the two depends on whether the plan had its jobs by then.
        expect(['run_not_found', 'job_not_found'], watched.stdout).toContain(watched.json().error_code)
      }
      const resumed = await lab.rch(['xcode', 'resume', last.run_id, '--json'])
      expect(resumed.json(), resumed.stderr).toMatchObject({ok: true, error_code: null})
    }
    const status = await lab.rch(['xcode', 'status', '--json'])
    expect(status.code, status.stderr).toBe(0)
    const [worker] = lab.workers
    await until('every job to be sealed', () => jobRows(worker!).every((row) => row['job_index_sha256'] !== null), 60_000)
    for (const set of lab.sealedSets().slice(-4))
      expect(validateSet(set, {pin: null, pinSource: null, required: false}).violations).toEqual([])
    for (const job of workerJobs(worker!)) expect(backendStarts(job), job).toBeLessThanOrEqual(1)
    expect(halfSets()).toEqual([])
  }

  /** Sets under their final name without an index, or that name another job. */
  function halfSets(): readonly string[] {
    return lab
      .sealedSets()
      .filter((set) => !existsSync(join(set, 'job_index.json')) || readJson(set, 'job_index.json')['job_id'] !== set.split('/').at(-1))
  }

  function kill(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
})
