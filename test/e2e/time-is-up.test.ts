import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {readJson, setScenario} from '../support/lab-tools.ts'
import {createLab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'
import {expectEnd} from './expect-end.ts'

const missing = sshdMissing()
/** Quick enough to be in its tests by then. */
const XCODEBUILD = ['--backend', 'xcodebuild']
if (missing !== null) console.warn(`time is up skipped: ${missing}`)

// They wait, so they do it at the same time, each in a laboratory of its own.
describe.skipIf(missing !== null).concurrent('a job whose time is up ends sealed', () => {
  it('a step that is too long is ended, and what it said is kept', async () => {
    await using lab = await createLab({transport: 'ssh'})
    setScenario(lab, {slow_ms: {test: 60_000}})
    const set = expectEnd(await lab.rch(['xcode', 'test', '--timeout', '15', '--json', ...XCODEBUILD]), 40, 'timeout')
    expect(readJson(set, 'summary.json')).toMatchObject({state: 'timed_out', status: 'failed', failure_subkind: 'TIMEOUT_OVERALL'})
    expect(readFileSync(join(set, 'build.log'), 'utf8')).toContain('TEST INTERRUPTED')
  })

  it('a test that never ends is named when its time is up', async () => {
    await using lab = await createLab({transport: 'ssh'})
    setScenario(lab, {test_hang: ['HelloKitTests/GreeterTests/testGreetsNobody']})
    const ran = await lab.rch(['xcode', 'test', '--timeout', '15', '--json', ...XCODEBUILD])
    const set = expectEnd(ran, 40, 'timeout')
    expect(ran.json()['failures']).toMatchObject([{test: 'HelloKitTests/GreeterTests/testGreetsNobody'}])
    const hanging = 'HelloKitTests/GreeterTests/testGreetsNobody'
    expect(readJson(set, 'test_summary.json')).toMatchObject({
      outcome: 'interrupted',
      tests: expect.arrayContaining([expect.objectContaining({test: expect.objectContaining({id: hanging}), outcome: 'unknown'})]),
    })
    expect(readJson(set, 'summary.json')['human_summary']).toContain(hanging)
    const report = await lab.rch(['xcode', 'report', '--budget', '200'])
    expect(report.stdout).toContain(hanging)
  })

  it('a step that says nothing is ended', async () => {
    await using lab = await createLab({transport: 'ssh'})
    setScenario(lab, {hang: 'compile'})
    const set = expectEnd(await lab.rch(['xcode', 'build', '--set', 'idle_timeout_seconds=1', '--json']), 40, 'idle_timeout')
    expect(readJson(set, 'summary.json')).toMatchObject({state: 'timed_out', failure_subkind: 'TIMEOUT_IDLE'})
  })
})
