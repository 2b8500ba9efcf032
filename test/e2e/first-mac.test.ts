import {spawnSync} from 'node:child_process'
import {appendFileSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, HARNESS, type Lab} from '../support/lab.ts'
import {makeKey, sshdMissing} from '../support/sshd.ts'

describe.skipIf(sshdMissing() !== null)('a first Mac, as the README sets it up', () => {
  let lab: Lab
  let worker: {readonly home: string; readonly config: string}
  beforeAll(async () => {
    lab = await createLab({transport: 'ssh'})
    const home = join(lab.dir, 'my mac')
    worker = {home, config: join(home, 'config/rch/worker.toml')}
    makeKey(join(lab.dir, 'rch_run'))
  })
  afterAll(() => lab.stop())

  /** On the worker, whose login shell knows places that sshd does not. */
  function setup(...words: readonly string[]): string {
    const {status, stdout, stderr} = spawnSync(process.execPath, [HARNESS, 'setup', ...words, join(lab.dir, 'rch_run.pub')], {
      encoding: 'utf8',
      env: {
        PATH: lab.env['PATH'],
        HOME: worker.home,
        XDG_CONFIG_HOME: join(worker.home, 'config'),
        XDG_DATA_HOME: join(worker.home, 'data'),
      },
    })
    expect([status, stderr]).toEqual([0, ''])
    return stdout
  }

  it('is not touched by a rehearsal', () => {
    setup('--dry-run')
    expect(existsSync(worker.home)).toBe(false)
  })

  it('keeps everything where its operator said, and only what nobody else may read', () => {
    const first = setup()
    const said = setup()
    expect(said.split('\n').slice(1)).toEqual(first.split('\n').slice(1))
    expect(statSync(join(worker.home, 'config/rch/attestation-key.pem')).mode & 0o777).toBe(0o600)
    for (const root of ['stage_root', 'jobs_root', 'cache_root'])
      expect(readFileSync(worker.config, 'utf8')).toContain(`${root} = "${worker.home}/data/rch-worker/${root}"`)
  })

  it('answers the probe and runs a job once the printed lines are pasted', async () => {
    const said = setup()
    const sshd = lab.workers[0]?.sshd
    appendFileSync(join(sshd?.dir ?? '', 'authorized_keys'), `${/^ {2}(restrict,.*)$/m.exec(said)?.[1]}\n`)
    appendFileSync(worker.config, `\n[toolchain]\nkind = "mock"\npaths = ["${join(lab.dir, 'xcode')}"]\n`)
    const where = ['--host', '127.0.0.1', '--port', String(sshd?.port), '--user', sshd?.user ?? '']
    const added = await lab.rch(['xcode', 'workers', 'add', 'mac', ...where, '--run-key', join(lab.dir, 'rch_run')])
    expect(added.code).toBe(0)

    const shown = await lab.rch(['xcode', 'workers', 'probe', 'mac'])
    const inventory = join(lab.dir, 'config/workers.toml')
    const pins = shown.stdout.match(/^ {2}(?:host_key|attestation|expected)_.*$/gm) ?? []
    expect(pins).toHaveLength(3)
    // The worker's operator saw the same two beforehand.
    for (const pin of pins.slice(1)) expect(said).toContain(pin)
    writeFileSync(
      inventory,
      readFileSync(inventory, 'utf8').replace(/^name = "mac"$/m, (line) => [line, ...pins].join('\n')),
    )
    const probed = await lab.rch(['xcode', 'workers', 'probe', 'mac', '--json'])
    expect(probed.code).toBe(0)

    const verified = await lab.rch(['xcode', 'verify', '--worker', 'mac', '--profile', 'demo', '--json'])
    expect([verified.code, verified.json()]).toEqual([0, expect.objectContaining({ok: true})])
  })
})
