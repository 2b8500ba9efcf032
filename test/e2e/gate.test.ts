import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'
import {expectCode} from './provocation.ts'

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

    it('says wherever its verdict stands that nothing was really built', async () => {
      const built = await lab.rch(['xcode', 'build'])
      expect(built.stdout).toContain('mock Xcode')
      expect((await lab.rch(['xcode', 'report'])).stdout).toContain('mock Xcode')
      for (const words of [['build'], ['build', '--detach'], ['report'], ['report', '--budget', '300']]) {
        const told = (await lab.rch(['xcode', ...words, '--json'])).json()
        expect(told, words.join(' ')).toMatchObject({ok: true, mock: true})
        if (words.includes('--detach')) await lab.rch(['xcode', 'resume', String(told['run_id'])])
      }
    })

    it('names a failing test with file and line, and stages one file after the edit', async () => {
      const {failingTest} = sampleEdits('HelloKit')
      const file = join(lab.project, failingTest.file)
      writeFileSync(file, readFileSync(file, 'utf8').replace(failingTest.from, failingTest.to))
      const ran = await lab.rch(['xcode', 'test', '--json'])
      expectCode(ran, 'tests_failed')
      expect(ran.json()).toMatchObject({summary: {status: 'failed', exit_code: 50}})
      expect(ran.stderr).toMatch(/failed\s+HelloKitTests\/GreeterTests\/testGreetsByName Tests\/.*\.swift:\d+: /)
      const directory = String(ran.json()['directory'])
      expect(JSON.parse(readFileSync(join(directory, 'staging.json'), 'utf8'))).toMatchObject({files_sent: 1})
      // Whoever reads nothing but the answer knows which test failed, where, why, and how to run it again.
      const test = 'HelloKitTests/GreeterTests/testGreetsByName'
      expect(ran.json()).toMatchObject({
        failures_total: 1,
        failures: [{kind: 'test', test, file: expect.stringMatching(/\.swift$/), line: expect.any(Number), message: /not equal/}].map(
          (one) => ({
            ...one,
            message: expect.stringMatching(one.message),
            again: expect.stringContaining(test),
          }),
        ),
      })
    })

    it('says on standard output what failed first, where and how to run it again', async () => {
      const ran = await lab.rch(['xcode', 'test'])
      expect(ran.code).toBe(50)
      expect(ran.stdout).toMatch(/✘ HelloKitTests\/GreeterTests\/testGreetsByName\n\s+Tests\/\S+\.swift:\d+\n\s+XCTAssertEqual failed/)
      expect(ran.stdout).toMatch(/again: rch xcode test .*testGreetsByName/)
      expect(ran.stdout.trimEnd().split('\n').at(-1)).toMatch(/^→ rch xcode report [0-9a-f]{12}$/)
    })
  })
})
