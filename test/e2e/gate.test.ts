import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'

const missing = sshdMissing()
if (missing !== null) console.warn(`gate over sshd skipped: ${missing}`)

describe.each([['local'], ['ssh']] as const)('the gate over %s', (transport) => {
  describe.skipIf(transport === 'ssh' && missing !== null)('', () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await createLab({transport})
    })
    afterAll(async () => lab.stop())

    it('carries a green package to sealed sets that validate', async () => {
      const ran = await lab.rch(['xcode', 'verify', '--json'])
      expect(ran.json()).toMatchObject({kind: 'run', ok: true, error_code: null, summary: {status: 'success', steps_succeeded: 2}})
      expect(ran.code).toBe(0)
      expect(lab.sealedSets()).toHaveLength(2)
      const {run_id} = ran.json()
      const checked = await lab.rch(['xcode', 'validate', String(run_id), '--json'])
      expect(checked.json()).toMatchObject({valid: true, sets: 2, violations: []})
    })

    it('names a failing test with file and line, and stages one file after the edit', async () => {
      const {failingTest} = sampleEdits('HelloKit')
      const file = join(lab.project, failingTest.file)
      writeFileSync(file, readFileSync(file, 'utf8').replace(failingTest.from, failingTest.to))
      const ran = await lab.rch(['xcode', 'test', '--json'])
      expect(ran.code).toBe(50)
      expect(ran.json()).toMatchObject({error_code: 'tests_failed', summary: {status: 'failed', exit_code: 50}})
      expect(ran.stderr).toMatch(/failed\s+HelloKitTests\/GreeterTests\/testGreetsByName Tests\/.*\.swift:\d+: /)
      const directory = String(ran.json()['directory'])
      expect(JSON.parse(readFileSync(join(directory, 'staging.json'), 'utf8'))).toMatchObject({files_sent: 1})
    })
  })
})
