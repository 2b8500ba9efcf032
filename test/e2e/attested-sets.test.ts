import {chmodSync, cpSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {spawnSync} from 'node:child_process'
import {generateKeyPairSync} from 'node:crypto'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {eventsOf} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

describe('a set that a worker vouches for', () => {
  let lab: Lab
  let run: string
  let sealed: string
  let notebook: string
  let original: string
  let set: string
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    const key = join(lab.dir, 'vouching.pem')
    writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({type: 'pkcs8', format: 'pem'}), {mode: 0o600})
    const {config, root} = lab.workers[0] ?? expect.fail('the lab has no worker')
    writeFileSync(config, `${readFileSync(config, 'utf8')}\n[identity]\nattestation_key = "${key}"\n`)
    const ran = await lab.rch(['xcode', 'build', '--json', '--set', 'limits.max_log_bytes=300', '--set', 'limits.max_events_bytes=2000'])
    expect(ran.code, ran.stdout).toBe(0)
    const answer = ran.json()
    run = String(answer['run_id'])
    const [step] = answer['steps'] as {directory: string; job_id: string}[]
    sealed = step?.directory ?? ''
    notebook = String(answer['directory'])
    original = join(root, 'jobs', step?.job_id ?? '', 'artifacts')
    set = join(lab.dir, 'bent')
  })
  afterAll(async () => lab.stop())

  it('names no digest that a second implementation does not find in the files', async (context) => {
    const [script, root] = ['../../scripts/second-digests.py', '../..'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
    if (['python3', 'openssl'].some((tool) => spawnSync(tool, ['--version']).error !== undefined))
      context.skip('python3 and openssl are needed')
    const {status, stdout, stderr} = spawnSync('python3', [script ?? '', '--installation', root ?? '', sealed, notebook], {
      encoding: 'utf8',
    })
    expect([status, stderr], stdout).toEqual([0, ''])
    for (const name of ['run_id', 'job_key', 'signature', 'events_sha256', 'job_index_sha256', 'harness_sha256', 'contract_sha256'])
      expect(stdout).toContain(`"${name}"`)
    copySet()
    writeFileSync(join(set, 'build.log'), 'other')
    expect(spawnSync('python3', [script ?? '', set]).status).toBe(1)
  })

  it('log_truncated: says what of the log was not kept, and stays green', () => {
    expect(eventsOf(sealed)).toContainEqual(expect.objectContaining({type: 'warning', code: 'log_truncated', data: {limit: 300}}))
  })

  it('events_quota_exceeded: says that events were not kept, and stays green', () => {
    expect(eventsOf(sealed)).toContainEqual(expect.objectContaining({type: 'warning', code: 'events_quota_exceeded', data: {limit: 2000}}))
  })

  it.each([
    ['attestation_signature_invalid', 'attestation.sig', bendSignature],
    ['attestation_subject_mismatch', 'manifest.json', (bytes: string) => `${bytes} `],
  ] as const)('%s', async (code, file, bend) => {
    copySet()
    writeFileSync(join(set, file), bend(readFileSync(join(set, file), 'utf8')))
    expect(await problems()).toContainEqual({path: 'attestation.sig', problem: expect.stringMatching(new RegExp(`^${code}: \\S`))})
  })

  it('attestation_key_mismatch: holds only against the pin that is asked for', async () => {
    copySet()
    expect(await problems()).toEqual([])
    expect(await problems('--attestation-key', `SHA256:${'A'.repeat(43)}`)).toEqual([
      {path: 'attestation.sig', problem: expect.stringMatching(/^attestation_key_mismatch: \S/)},
    ])
  })

  it('integrity_mismatch: a worker that serves another set than it sealed', async () => {
    rmSync(sealed, {recursive: true})
    const log = join(original, 'build.log')
    const bytes = readFileSync(log)
    chmodSync(log, 0o600)
    writeFileSync(log, Buffer.from(bytes.map((byte) => byte ^ 1)))
    const fetched = await lab.rch(['xcode', 'fetch', run, '--json'])
    expect(fetched.json().errors[0], fetched.stdout).toMatchObject({
      code: 'integrity_mismatch',
      message: expect.stringMatching(/\S/),
      hint: expect.stringMatching(/\S/),
    })
    expect(fetched.code).toBe(70)
    writeFileSync(log, bytes)
  })

  async function problems(...flags: readonly string[]): Promise<unknown> {
    const checked = await lab.rch(['xcode', 'validate', set, '--json', ...flags])
    const {violations} = checked.json()
    expect(checked.code).toBe((violations as unknown[]).length === 0 ? 0 : 1)
    return violations
  }

  function copySet(): void {
    rmSync(set, {recursive: true, force: true})
    cpSync(sealed, set, {recursive: true})
    for (const path of ['.', ...readdirSync(set, {recursive: true, encoding: 'utf8'})])
      chmodSync(join(set, path), lstatSync(join(set, path)).isDirectory() ? 0o700 : 0o600)
  }
})

/** The envelope with a signature that somebody else could have made. */
function bendSignature(text: string): string {
  const envelope: {signatures: {sig: string}[]} = JSON.parse(text)
  return JSON.stringify({
    ...envelope,
    signatures: envelope.signatures.map((one) => ({...one, sig: Buffer.alloc(64, 7).toString('base64')})),
  })
}
