import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {allSealed, edit, readJson, setScenario, touchSource, workerJobs} from '../support/lab-tools.ts'
import {createLab, RCH, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'

const missing = sshdMissing()
if (missing !== null) console.warn(`drop-in skipped: ${missing}`)
const WORDS = ['xcodebuild', '-scheme', 'HelloKit', '-configuration', 'Debug', '-destination', 'platform=macOS']

describe.skipIf(missing !== null)("run --drop-in, in xcodebuild's place", () => {
  let lab: Lab
  const {failingTest} = sampleEdits('HelloKit')
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh'})
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => lab.stop())

  it("prints xcodebuild's log and nothing else on stdout, and has its status", async () => {
    const ran = await dropIn('build')
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toMatch(/^Command line invocation:/)
    expect(ran.stdout).toContain('** BUILD SUCCEEDED **')
    expect(ran.stdout).not.toMatch(/^\d\d:\d\d:\d\d /m)
  })

  it('has the status of failing tests', async () => {
    edit(lab, failingTest.file, failingTest.from, failingTest.to)
    const ran = await dropIn('test')
    edit(lab, failingTest.file, failingTest.to, failingTest.from)
    expect(ran.code).toBe(65)
    expect(ran.stdout).toContain('** TEST FAILED **')
  })

  it('reduces the log to what went wrong for -quiet, which the worker never sees', async () => {
    const {file, from, to} = failingTest
    edit(lab, file, from, to)
    const red = await dropIn('-quiet', 'test')
    edit(lab, file, to, from)
    expect(red.code).toBe(65)
    expect(red.stdout.split('\n')[0]).toMatch(/^\/.*GreeterTests\.swift:\d+: error: /)
    expect(red.stdout).toContain('** TEST FAILED **')
    expect(red.stdout).not.toMatch(/^(?:SwiftCompile|Command line invocation|Test Case .* passed)/m)
    expect(red.stderr).toBe('')
    const green = await dropIn('-quiet', 'test')
    expect(green).toMatchObject({code: 0, stdout: '', stderr: ''})
    expect(readFileSync(join(lab.sealedSets().toSorted().at(-1) ?? '', 'build.log'), 'utf8')).toContain('SwiftCompile')
  })

  it('tells a run without --drop-in by the same words: less for -quiet, more for -verbose', async () => {
    const {file, from, to} = failingTest
    const run = (...words: readonly string[]) => lab.rch(['xcode', 'run', '--', ...WORDS, 'test', ...words])
    expect(await run('-quiet')).toMatchObject({code: 0, stdout: '', stderr: ''})
    edit(lab, file, from, to)
    const [quiet, plain, verbose] = [await run('-quiet'), await run(), await run('-verbose')]
    edit(lab, file, to, from)
    expect([quiet.code, plain.code, verbose.code]).toEqual([50, 50, 50])
    expect(words(quiet.stderr)).toEqual(['failed'])
    expect(words(plain.stderr)).toEqual(expect.arrayContaining(['select', 'snapshot', 'stage', 'test', 'failed']))
    expect(words(verbose.stderr)).toEqual(expect.arrayContaining([...words(plain.stderr)]))
    expect(quiet.stdout).toContain('✘')
  })

  it('has 128 and the number of the signal that ended xcodebuild', async () => {
    setScenario(lab, {crash: {phase: 'compile', signal: 'SIGSEGV'}})
    expect((await dropIn('build')).code).toBe(139)
  })

  it.each([
    ['a result bundle that is missing over a status of 0', {result_bundle: 'missing'}, ['test'], 'result_bundle_missing'],
    ['a command that the gate refuses', {}, ['install'], 'action_refused'],
  ] as const)('ends with 125 and one line for %s', async (_, scenario, action, code) => {
    setScenario(lab, scenario)
    const ran = await dropIn(...action)
    expect(ran.code).toBe(125)
    expect(ran.stderr.split('\n').filter((line) => line.startsWith('rch: '))).toEqual([expect.stringContaining(`rch: ${code} `)])
  })

  it.each([['--detach'], ['--nonsense'], ['--timeout', 'soon']])('ends with 125 and one line for the flags %j', async (...flags) => {
    const ran = await lab.rch(['xcode', 'run', '--drop-in', ...flags, '--', ...WORDS, 'build'])
    expect(ran).toMatchObject({code: 125, stdout: ''})
    expect(ran.stderr).toMatch(/^rch: usage_error .+\n$/)
  })

  it('ends with 125 where no worker is', async () => {
    const ran = await lab.rch(['xcode', 'run', '--drop-in', '--config-dir', lab.project, '--', ...WORDS, 'build'])
    expect(ran.code).toBe(125)
    expect(ran.stderr).toMatch(/^rch: no_eligible_worker /m)
    expect(ran.stdout).toBe('')
  })

  it('ends without a word when its reader does, and so does the job', () => {
    touchSource(lab, 'nobody reads it')
    setScenario(lab, {slow_ms: {compile: 700}, hang: 'link'})
    const {stdout, stderr, status} = piped('| head -1', 'run', '--drop-in', '--quiet', '--', ...WORDS, 'build')
    expect(stdout).toBe('Command line invocation:\n')
    expect(stderr).toBe('')
    expect(status).toBe(141)
    expect(lastSealed()).toMatchObject({state: 'cancelled', error_code: 'cancelled'})
  })

  it.each([
    ['cancels a run whose lines nobody reads any more', "awk '/ step 1 of /{exit}'", [], 'cancelled', {hang: 'link'}],
    ['lets a detached one go on', 'head -1', ['--detach'], 'succeeded', {slow_ms: {compile: 1000}}],
  ] as const)('without --drop-in %s', async (_, reader, flags, state, scenario) => {
    touchSource(lab, state)
    setScenario(lab, scenario)
    const {status} = piped(`2>&1 | ${reader}`, 'build', ...flags)
    expect(status).toBe(141)
    await allSealed(lab)
    expect(lastSealed()).toMatchObject({state})
  })

  /** What the lines are about, once each. */
  function words(text: string): readonly string[] {
    return [...new Set([...text.matchAll(/^\d\d:\d\d:\d\d (\w+)/gm)].map(([, word]) => word ?? ''))]
  }

  /** The shell's own words for a pipeline; its status is that of `rch`. */
  function piped(rest: string, ...args: readonly string[]) {
    const words = [process.execPath, RCH, 'xcode', ...args].map((word) => `'${word}'`).join(' ')
    const {stdout, stderr, status} = spawnSync('/bin/bash', ['-c', `set -o pipefail; ${words} ${rest}`], {
      cwd: lab.project,
      env: lab.env,
      encoding: 'utf8',
    })
    return {stdout, stderr, status}
  }

  /** How the youngest job on the worker ended. */
  function lastSealed(): Record<string, unknown> {
    const jobs = workerJobs(lab.workers[0]!).toSorted()
    return readJson(jobs.at(-1) ?? '', 'artifacts/summary.json')
  }

  function dropIn(...action: readonly string[]) {
    return lab.rch(['xcode', 'run', '--drop-in', '--', ...WORDS, ...action])
  }
})
