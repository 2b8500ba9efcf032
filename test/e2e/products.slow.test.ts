import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sampleEdits} from '@rch/mock-xcode'
import {edit, touchSource} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

const PRODUCTS = 'build-for-testing'
const TESTS = 'test-without-building'

describe('tests that are run without building', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  it('are refused where nothing was built for testing', async () => {
    expect(await run('build')).toEqual([0, null])
    const ran = await lab.rch(['xcode', 'build', '--action', TESTS, '--json'])
    expect(ran.code, ran.stderr).toBe(40)
    expect(ran.json()).toMatchObject({error_code: 'products_missing', errors: [{hint: expect.stringContaining('build-for-testing')}]})
  })

  it('run on what was built for testing of the same source, and on nothing else', async () => {
    expect(await run(PRODUCTS)).toEqual([0, null])
    expect(await run(TESTS)).toEqual([0, null])
    for (const elsewhere of [
      ['--configuration', 'Release'],
      ['--set', 'workspace.mode=isolated'],
    ])
      expect(await run(TESTS, ...elsewhere), elsewhere.join(' ')).toEqual([40, 'products_missing'])
    expect(await run('build')).toEqual([0, null])
    expect(await run(TESTS)).toEqual([40, 'products_missing'])
  })

  it('are never green by the products of an older source', async () => {
    expect(await run(PRODUCTS)).toEqual([0, null])
    const {file, from, to} = sampleEdits('HelloKit').failingTest
    edit(lab, file, from, to)
    expect(await run(TESTS)).toEqual([40, 'products_missing'])
    edit(lab, file, to, from)
    expect(await run(TESTS, '--set', 'cache.derived_data=off')).toEqual([40, 'products_missing'])
  })

  it('run after their build in one command, in a workspace of their own too', async () => {
    touchSource(lab, 'one command')
    const words = ['xcodebuild', '-scheme', 'HelloKit', '-configuration', 'Debug', '-destination', 'platform=macOS', PRODUCTS, TESTS]
    const ran = await lab.rch(['xcode', 'run', '--json', '--set', 'workspace.mode=isolated', '--', ...words])
    expect(ran.json(), ran.stderr).toMatchObject({ok: true, summary: {steps_succeeded: 2}})
  })

  async function run(action: string, ...flags: readonly string[]): Promise<readonly [number | null, string | null]> {
    const ran = await lab.rch(['xcode', 'build', '--action', action, ...flags, '--json'])
    return [ran.code, ran.json().error_code]
  }
})
