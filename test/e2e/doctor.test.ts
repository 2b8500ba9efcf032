import {chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, type Lab} from '../support/lab.ts'

describe('doctor', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  it('finds nothing amiss where nothing is, and mends nothing', async () => {
    expect((await lab.rch(['xcode', 'doctor'])).code).toBe(0)
    const fixed = await lab.rch(['xcode', 'doctor', '--fix', '--json'])
    expect(fixed.code, fixed.stdout).toBe(0)
    expect(fixed.json()).toMatchObject({ok: true, amiss: 0, mended: []})
  })

  it('says who may read and write what they should not, and mends that with --fix alone', async () => {
    const state = join(lab.dir, 'state/rch')
    const config = join(lab.dir, 'config/workers.toml')
    mkdirSync(state, {recursive: true})
    chmodSync(state, 0o755)
    chmodSync(config, 0o666)
    const found = await lab.rch(['xcode', 'doctor', '--json'])
    expect(found.code).toBe(1)
    expect(found.json()).toMatchObject({amiss: 2})
    expect(found.json()['findings']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({check: 'permissions', ok: false, fix: `chmod 700 ${state}`}),
        expect.objectContaining({check: 'permissions', ok: false, fix: `chmod 644 ${config}`}),
      ]),
    )
    expect([modeOf(state), modeOf(config)]).toEqual(['755', '666'])
    const fixed = await lab.rch(['xcode', 'doctor', '--fix', '--json'])
    expect(fixed.code, fixed.stdout).toBe(0)
    expect(fixed.json()).toMatchObject({
      amiss: 0,
      mended: [
        {from: '755', to: '700', problem: null},
        {from: '666', to: '644'},
      ],
    })
    expect([modeOf(state), modeOf(config)]).toEqual(['700', '644'])
  })

  it('leaves alone what a link leads to, and says so', async () => {
    const [key, link] = [join(lab.dir, 'shared-key'), join(lab.dir, 'link-key')]
    writeFileSync(key, 'not a key', {mode: 0o644})
    symlinkSync(key, link)
    const configDir = join(lab.dir, 'linked')
    mkdirSync(configDir)
    writeFileSync(
      join(configDir, 'workers.toml'),
      `schema_version = 1\n\n[[workers]]\nname = "far"\nhost = "127.0.0.1"\nport = 1\nuser = "nobody"\nrun_key = "${link}"\n`,
    )
    const fixed = await lab.rch(['xcode', 'doctor', '--fix', '--config-dir', configDir, '--json'])
    expect(fixed.code).toBe(1)
    expect(fixed.json()['mended']).toEqual([{path: link, from: '777', to: '600', problem: 'it is a link'}])
    expect(modeOf(key)).toBe('644')
  })

  function modeOf(path: string): string {
    return (statSync(path).mode & 0o777).toString(8)
  }
})
