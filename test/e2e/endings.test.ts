import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {sampleEdits} from '@rch/mock-xcode'
import {edit, eventsOf, followed, holdAt, processesOf, readJson, setScenario, until, workerJobs} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'
import {expectEnd} from './expect-end.ts'

const missing = sshdMissing()
/** For what only this backend tells; that the other one ends alike is the equality suite's. */
const XCODEBUILD = ['--backend', 'xcodebuild']
if (missing !== null) console.warn(`endings skipped: ${missing}`)

describe.skipIf(missing !== null)('however a job ends, it ends sealed', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh'})
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => lab.stop())

  it('a backend that dies by a signal is a crash, with its log', async () => {
    setScenario(lab, {crash: {phase: 'compile', signal: 'SIGSEGV'}})
    const ran = await lab.rch(['xcode', 'build', '--json', ...XCODEBUILD])
    const set = expectEnd(ran, 40, 'backend_crashed')
    expect(readJson(set, 'summary.json')).toMatchObject({backend_term_signal: 'SIGSEGV', backend_exit_code: null, state: 'failed'})
    expect(readFileSync(join(set, 'build.log'), 'utf8')).toContain('Build settings from command line')
  })

  it.each([
    ['missing', 'result_bundle_missing'],
    ['corrupt', 'result_bundle_invalid'],
  ] as const)('tests that ran green with a %s result bundle have failed', async (bundle, code) => {
    setScenario(lab, {result_bundle: bundle})
    const set = expectEnd(await lab.rch(['xcode', 'test', '--json', ...XCODEBUILD]), 70, code)
    expect(readJson(set, 'summary.json')).toMatchObject({status: 'failed', backend_exit_code: 0})
  })

  it('an exit status that contradicts the log is never a success', async () => {
    setScenario(lab, {exit_code: 65})
    const ran = await lab.rch(['xcode', 'build', '--json'])
    expect(ran.code).toBe(50)
    expect(ran.json()).toMatchObject({ok: false, error_code: 'build_failed'})
  })

  it('failures in the result bundle outvote an exit status of 0', async () => {
    const {
      failingTest: {file, from, to},
    } = sampleEdits('HelloKit')
    edit(lab, file, from, to)
    setScenario(lab, {exit_code: 0})
    try {
      const set = expectEnd(await lab.rch(['xcode', 'test', '--json', ...XCODEBUILD]), 50, 'tests_failed')
      expect(readJson(set, 'summary.json')).toMatchObject({status: 'failed', backend_exit_code: 0})
    } finally {
      edit(lab, file, to, from)
    }
  })

  it('a disk that fills up while it builds is the worker’s trouble, not a broken build', async () => {
    setScenario(lab, {disk_full: 'link'})
    const set = expectEnd(await lab.rch(['xcode', 'test', '--json', ...XCODEBUILD]), 40, 'insufficient_disk_space')
    expect(readJson(set, 'summary.json')).toMatchObject({status: 'failed', failure_kind: 'EXECUTOR', backend_exit_code: 65})
  })

  it('one Ctrl-C cancels on the worker and waits for the seal', async () => {
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    const job = await runningJob(lab, run)
    child.kill('SIGINT')
    const ended = await run.ended
    const set = expectEnd(ended, 80, 'cancelled')
    expect(set).toContain(job)
    expect(readJson(set, 'summary.json')).toMatchObject({state: 'cancelled', status: 'cancelled'})
    expect(processesOf(job)).toEqual([])
  })

  it('a cancel does not wait for a tool that hangs before the backend runs', async () => {
    // No xcodebuild answers any more, not even for its version.
    setScenario(lab, {hang: 'start'})
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    await run.says(/workspace /)
    child.kill('SIGINT')
    expectEnd(await run.ended, 80, 'cancelled')
  })

  it('a second Ctrl-C ends at once, says how to go on, and the run is there to cancel and resume', async () => {
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(['xcode', 'build'])
    const run = followed(child)
    const job = await runningJob(lab, run)
    child.kill('SIGINT')
    await run.says(/cancel {4}/)
    child.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(130)
    const id = /rch xcode resume ([0-9a-f]{6,})/.exec(ended.stderr)?.[1] ?? ''
    expect((await lab.rch(['xcode', 'cancel', id])).code).toBe(0)
    expectEnd(await lab.rch(['xcode', 'resume', id, '--json']), 80, 'cancelled')
    expect(processesOf(job)).toEqual([])
  })

  it('a detached job goes on by itself; a second terminal sees it from its first event', async () => {
    setScenario(lab, {slow_ms: {compile: 700}})
    const started = await lab.rch(['xcode', 'build', '--detach', '--json'])
    expect(started.code).toBe(0)
    const {run_id, jobs} = started.json() as unknown as {run_id: string; jobs: string[]}
    const watched = await lab.rch(['xcode', 'watch', run_id, '--json'])
    expect(watched.code).toBe(0)
    const events = watched.stdout
      .split('\n')
      .filter((line) => line.includes(`"${jobs[0]}"`))
      .flatMap((line) => {
        const value = JSON.parse(line) as {type?: string; sequence?: number}
        return value.sequence === undefined ? [] : [value]
      })
    expect(events[0]).toMatchObject({type: 'hello', sequence: 1})
    expect(events.at(-1)).toMatchObject({type: 'complete'})
    expect(events.map(({sequence}) => sequence)).toEqual(events.map((_, index) => index + 1))
    // The worker knows how it ended; this host says what makes it know too, until it does.
    const goOn = `rch xcode resume ${run_id.slice(0, 12)}`
    for (const command of ['watch', 'status']) expect((await lab.rch(['xcode', command, run_id])).stdout).toContain(`→ ${goOn}`)
    const reported = await lab.rch(['xcode', 'report', run_id, '--json'])
    expect(reported.json()).toMatchObject({error_code: 'usage_error', errors: [{hint: expect.stringContaining(goOn) as unknown}]})
    const resumed = await lab.rch(['xcode', 'resume', run_id, '--json'])
    expectEnd(resumed, 0, null)
    for (const command of ['watch', 'status']) expect((await lab.rch(['xcode', command, run_id])).stdout).not.toContain(goOn)
  })

  it('closing the connection does not touch the job', async () => {
    const {release} = holdAt(lab, 'compile')
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    const job = await runningJob(lab, run)
    child.kill('SIGKILL')
    await run.ended
    release()
    const index = join(lab.workers[0]?.root ?? '', 'jobs', job, 'artifacts/job_index.json')
    await until('the seal', () => existsSync(index))
    const run_id = String(readJson(lab.workers[0]?.root ?? '', 'jobs', job, 'artifacts/summary.json')['run_id'])
    expectEnd(await lab.rch(['xcode', 'resume', run_id, '--json']), 0, null)
  })

  /** The job whose backend has been started by now. */
  async function runningJob(where: Lab, run: ReturnType<typeof followed>): Promise<string> {
    const id = (await run.says(/job [0-9a-f]{8}-[0-9a-f-]{27}/)).slice(4)
    const [worker] = where.workers
    await until('the backend', () =>
      workerJobs(worker!).some(
        (path) =>
          path.endsWith(id) &&
          existsSync(join(path, 'artifacts/events.ndjson')) &&
          eventsOf(join(path, 'artifacts')).some(({type}) => type === 'phase_started'),
      ),
    )
    return id
  }
})
