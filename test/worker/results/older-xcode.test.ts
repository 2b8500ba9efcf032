import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {installMockXcode, sampleEdits} from '@rch/mock-xcode'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {readDocument} from '@rch/contract/documents'
import {edit} from '../../support/lab-tools.ts'
import {createLab, type Lab} from '../../support/lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await createLab({sample: 'HelloKit', transport: 'local'})
  // The commands for results came with Xcode 16; before that there is only the typed form.
  installMockXcode(join(lab.dir, 'xcode'), {version: '15.4', build: '15F31dmock'})
})
afterAll(async () => lab.stop())

it('reads the typed form of a result bundle where the tool has no other', async () => {
  const {file, from, to} = sampleEdits('HelloKit').failingTest
  edit(lab, file, from, to)
  const ran = await lab.rch(['xcode', 'test', '--json', '--backend', 'xcodebuild'])
  const steps = ran.json()['steps']
  const set = Array.isArray(steps) ? String(steps.at(-1)?.directory) : ''
  expect(ran.code).toBe(50)
  expect(readDocument('toolchain', readFileSync(join(set, 'toolchain.json')))).toMatchObject({toolchain: {xcode_version: '15.4'}})
  const tests = readDocument('test_summary', readFileSync(join(set, 'test_summary.json')))
  expect(tests).toMatchObject({source: 'result_bundle', failed: 1, differences: []})
  expect(tests.tests.find(({outcome}) => outcome === 'failed')?.failures[0]).toMatchObject({
    file: 'Tests/HelloKitTests/GreeterTests.swift',
    line: 7,
  })
})
