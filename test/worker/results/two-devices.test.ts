import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {readDocument} from '@rch/contract/documents'
import {edit} from '../../support/lab-tools.ts'
import {createLab, type Lab} from '../../support/lab.ts'

const DEVICES = ['iPhone 17', 'iPhone 17 Pro']
const TWO = DEVICES.flatMap((name) => ['--destination', `platform=iOS Simulator,name=${name},OS=26.5`])

let lab: Lab
let scenario: string
beforeAll(async () => {
  lab = await createLab({sample: 'HelloApp', transport: 'local'})
  scenario = join(lab.dir, 'xcode/.rch-mock.json')
})
afterAll(async () => lab.stop())

/** Runs the tests on both devices and answers the sealed set. */
async function tested(): Promise<{readonly code: number | null; readonly set: string}> {
  const ran = await lab.rch(['xcode', 'test', '--json', '--backend', 'xcodebuild', ...TWO])
  const steps = ran.json()['steps']
  return {code: ran.code, set: Array.isArray(steps) ? String(steps.at(-1)?.directory) : ''}
}

it('counts a test once that fails on two devices, and keeps a row for each', async () => {
  const {file, from, to} = sampleEdits('HelloApp').failingTest
  edit(lab, file, from, to)
  try {
    const {code, set} = await tested()
    expect(code).toBe(50)
    const tests = readDocument('test_summary', readFileSync(join(set, 'test_summary.json')))
    expect(tests).toMatchObject({source: 'result_bundle', failed: 1, differences: []})
    expect(tests.devices.map(({name}) => name)).toEqual(DEVICES)
    const failed = tests.tests.filter(({outcome}) => outcome === 'failed')
    expect(failed.map(({device}) => device)).toEqual(DEVICES)
    expect(new Set(failed.map(({test}) => test.id)).size).toBe(1)
    const [one, other] = DEVICES.map((name) => tests.tests.filter(({device}) => device === name).map(({test}) => test.id))
    expect(one).toEqual(other)
    const report = await lab.rch(['xcode', 'report', set])
    expect(report.stdout).toContain(DEVICES.join(', '))
    const junit = readFileSync(join(set, 'junit.xml'), 'utf8')
    for (const device of DEVICES) expect(junit).toContain(device)
  } finally {
    edit(lab, file, to, from)
  }
})

it('keeps both values where log and bundle tell different stories', async () => {
  const ghost = "Test Case '-[HelloAppTests.Ghost testGhost]'"
  writeFileSync(scenario, JSON.stringify({print: {end: `${ghost} started.\n${ghost} failed (0.001 seconds).`}}))
  try {
    const {code, set} = await tested()
    expect(code).toBe(0)
    const {differences, failed} = readDocument('test_summary', readFileSync(join(set, 'test_summary.json')))
    expect(failed).toBe(0)
    expect(differences).toContainEqual({field: 'failed_tests', result_bundle: [], log: ['HelloAppTests/Ghost/testGhost']})
    const events = readFileSync(join(set, 'events.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        code: 'results_differ',
        data: expect.objectContaining({field: 'failed_tests', result_bundle: [], log: ['HelloAppTests/Ghost/testGhost']}),
      }),
    )
  } finally {
    rmSync(scenario)
  }
})
