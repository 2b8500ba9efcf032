import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {spawnSync} from 'node:child_process'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {createLab, RCH, type Lab} from '../support/lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await createLab()
})
afterAll(async () => lab.stop())

it('a command that writes into the project it stages does not stage its own output', () => {
  const file = join(lab.project, 'out.json')
  const output = openSync(file, 'w')
  const ran = spawnSync(process.execPath, [RCH, 'xcode', 'stage', '--json'], {
    cwd: lab.project,
    env: lab.env,
    stdio: ['ignore', output, 'pipe'],
  })
  closeSync(output)
  expect(ran.status, ran.stderr.toString()).toBe(0)
  const report: {readonly excluded?: unknown} = JSON.parse(readFileSync(file, 'utf8'))
  expect(JSON.stringify(report)).toContain('our own output')
})
