import {spawnSync} from 'node:child_process'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {edit, setScenario} from '../support/lab-tools.ts'
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

  it('ends with 125 where no worker is', async () => {
    const ran = await lab.rch(['xcode', 'run', '--drop-in', '--config-dir', lab.project, '--', ...WORDS, 'build'])
    expect(ran.code).toBe(125)
    expect(ran.stderr).toMatch(/^rch: no_eligible_worker /m)
    expect(ran.stdout).toBe('')
  })

  it('ends without a word when its reader does', () => {
    const words = [process.execPath, RCH, 'xcode', 'run', '--drop-in', '--quiet', '--', ...WORDS, 'build']
      .map((word) => `'${word}'`)
      .join(' ')
    const {stdout, stderr, status} = spawnSync('/bin/bash', ['-c', `set -o pipefail; ${words} | head -1`], {
      cwd: lab.project,
      env: lab.env,
      encoding: 'utf8',
    })
    expect(stdout).toBe('Command line invocation:\n')
    expect(stderr).toBe('')
    expect([0, 141]).toContain(status)
  })

  function dropIn(...action: readonly string[]) {
    return lab.rch(['xcode', 'run', '--drop-in', '--', ...WORDS, ...action])
  }
})
