import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, type Lab} from '../support/lab.ts'
import {expectCode} from './provocation.ts'

/** Plugins that do to the host what a stranger's might, as their hook's source. */
const STRANGERS = {
  throwing: `export default async () => { throw new Error('it always fails') }`,
  hanging: `export default () => new Promise(() => {})`,
  rival: `export default async () => [{id: 'local', kind: 'transport', contract: 1, summary: 'A rival.', load: async () => () => ({})}]`,
  outdated: `export default async () => [{id: 'other', kind: 'transport', contract: 99, summary: 'From another time.', load: async () => () => ({})}]`,
  honest: `export default async () => [{id: 'echo', kind: 'transport', contract: 1, summary: 'Loads and opens nothing.', load: async () => () => ({open: async () => { throw new Error('echo opens nothing') }})}]`,
} as const

describe('a plugin that was linked', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    for (const [name, source] of Object.entries(STRANGERS)) writePlugin(name, source)
  })
  afterAll(async () => lab.stop())

  it('is announced beside the first-party ones, and is loaded only when its id is asked for', async () => {
    await using linked = await link('honest')
    expect(linked.problems).toEqual([])
    expect(linked.providers).toContainEqual(expect.objectContaining({kind: 'transport', id: 'echo', plugin: 'honest'}))
  })

  it('and throws is named, and what it does not provide goes on', async () => {
    await using linked = await link('throwing')
    expect(linked.problems).toEqual([
      expect.objectContaining({code: 'provider_failed', data: expect.objectContaining({plugin: 'throwing'})}),
    ])
    expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
  })

  it('and hangs is given up after a while, and named', async () => {
    await using linked = await link('hanging')
    expect(linked.problems).toEqual([
      expect.objectContaining({code: 'provider_failed', data: expect.objectContaining({plugin: 'hanging'})}),
    ])
  })

  it("and takes another one's id stops what would have to choose", async () => {
    await using linked = await link('rival')
    expect(linked.problems).toEqual([expect.objectContaining({code: 'provider_conflict'})])
    const ran = await lab.rch(['xcode', 'build', '--json'])
    expect(ran.json()).toMatchObject({
      ok: false,
      error_code: 'provider_conflict',
      errors: [{data: {id: 'local', plugins: expect.arrayContaining(['rival', '@rch/transport-local'])}}],
    })
    expectCode(ran, 'provider_conflict')
  })

  it('and speaks another contract is refused with both versions', async () => {
    await using linked = await link('outdated')
    expect(linked.problems).toEqual([
      expect.objectContaining({
        code: 'provider_contract_unsupported',
        data: expect.objectContaining({got: 99, expected: 1, plugin: 'outdated'}),
      }),
    ])
    expectCode(await lab.rch(['xcode', 'build', '--json']), 'provider_contract_unsupported')
  })

  it('is gone when it was unlinked', async () => {
    const {problems} = await capabilities()
    expect(problems).toEqual([])
    expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
  })

  function writePlugin(name: string, source: string): void {
    const dir = join(lab.dir, 'plugins', name)
    mkdirSync(dir, {recursive: true})
    const hooks = {'rch:transport': {target: './hook.js', identifier: 'default'}}
    writeFileSync(join(dir, 'package.json'), JSON.stringify({name, version: '1.0.0', type: 'module', files: ['hook.js'], oclif: {hooks}}))
    writeFileSync(join(dir, 'hook.js'), `${source}\n`)
  }

  async function link(name: keyof typeof STRANGERS) {
    const linked = await lab.rch(['plugins', 'link', join(lab.dir, 'plugins', name), '--no-install'])
    expect(linked.code, linked.stderr).toBe(0)
    return {
      ...(await capabilities()),
      [Symbol.asyncDispose]: async () => {
        expect((await lab.rch(['plugins', 'unlink', name])).code).toBe(0)
      },
    }
  }

  async function capabilities(): Promise<{readonly providers: readonly unknown[]; readonly problems: readonly unknown[]}> {
    const answer = (await lab.rch(['xcode', 'capabilities', '--json'])).json() as unknown as {
      host: {providers: unknown[]}
      problems: unknown[]
    }
    return {providers: answer.host.providers, problems: answer.problems}
  }
})
