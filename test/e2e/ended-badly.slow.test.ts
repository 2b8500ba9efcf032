import {generateKeyPairSync} from 'node:crypto'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {processIdentity} from '../../src/infra/process-identity.ts'
import {asNobody} from '../support/as-nobody.ts'
import {bentWorker} from '../support/bent-worker.ts'
import {followed, readJson, setScenario, until} from '../support/lab-tools.ts'
import {createLab, RCH, type Lab} from '../support/lab.ts'
import {BUILD, expectCode, inProject, JUST_ASKED, LONG_KNOWN, set} from './provocation.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
if (!mounts) console.warn('host_disk_full skipped: no volume can be made here')

describe('a code that takes a story', () => {
  let lab: Lab
  let put = (): void => {}
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    expect((await lab.rch(BUILD)).code).toBe(0)
  })
  afterEach(() => {
    setScenario(lab, null)
    put()
    put = () => {}
  })
  afterAll(async () => lab.stop())

  it('abandoned', async () => {
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(set('worker.abandon_after_seconds=1'))
    const run = followed(child)
    const job = (await run.says(/job [0-9a-f]{8}-[0-9a-f-]{27}/)).slice(4)
    const directory = join(lab.workers[0]?.root ?? '', 'jobs', job)
    await until('the job', () => existsSync(join(directory, 'artifacts/events.ndjson')))
    child.kill('SIGKILL')
    await run.ended
    await until('the seal', () => existsSync(join(directory, 'artifacts/job_index.json')))
    const {run_id} = JSON.parse(readFileSync(join(directory, 'artifacts/summary.json'), 'utf8')) as {run_id: string}
    expectCode(await lab.rch(['xcode', 'resume', run_id, '--json']), 'abandoned')
  })

  it('artifact_collection_failed', async () => {
    const xcodebuild = join(lab.dir, 'xcode/Xcode-mock.app/Contents/Developer/usr/bin/xcodebuild')
    const before = readFileSync(xcodebuild, 'utf8')
    writeFileSync(
      xcodebuild,
      `${before.replace('\nexec ', '\n')}status=$?\nwhile [ $# -gt 1 ]; do [ "$1" = -resultBundlePath ] && mkfifo "$2/pipe"; shift; done\nexit $status\n`,
    )
    put = () => writeFileSync(xcodebuild, before)
    expectCode(await lab.rch(['xcode', 'test', '--json']), 'artifact_collection_failed')
  })

  it('cancel_failed', async () => {
    setScenario(lab, {hang: 'compile'})
    const started = await lab.rch([...BUILD, '--detach'])
    const [job = ''] = started.json()['jobs'] as string[]
    expectCode(
      await lab.rch(['xcode', 'cancel', job, '--json'], {env: bentWorker(lab, {answers: [['"state":"cancelled"', '"state":"running"']]})}),
      'cancel_failed',
    )
    expect((await lab.rch(['xcode', 'cancel', job, '--json'])).code).toBe(0)
  })

  it('protocol_drift', async () => {
    const started = await lab.rch([...BUILD, '--detach'])
    const env = bentWorker(lab, {
      requests: [['^(?=.*"op":"status")(.*"protocol_version":)1', '$19']],
      answers: [['^(\\{.*"protocol_version":)9', '$11']],
    })
    expectCode(await lab.rch(['xcode', 'resume', String(started.json()['run_id']), '--json'], {env}), 'protocol_drift')
  })

  it('document_invalid', async () => {
    const ran = await lab.rch(BUILD)
    const [step] = ran.json()['steps'] as {directory: string; job_id: string}[]
    rmSync(join(step?.directory ?? '', 'summary.json'))
    expectCode(await lab.rch(['xcode', 'report', step?.job_id ?? '', '--json']), 'document_invalid')
  })

  it('path_out_of_bounds: a link in a root of the worker', async () => {
    const stage = join(lab.workers[0]?.root ?? '', 'stage')
    const [owner = ''] = readdirSync(stage)
    renameSync(join(stage, owner), join(lab.dir, 'elsewhere'))
    symlinkSync(join(lab.dir, 'elsewhere'), join(stage, owner))
    put = () => {
      rmSync(join(stage, owner))
      renameSync(join(lab.dir, 'elsewhere'), join(stage, owner))
    }
    expectCode(await lab.rch(BUILD), 'path_out_of_bounds')
  })

  it('xcode_license_not_accepted: since the worker was asked', async () => {
    expect((await lab.rch(LONG_KNOWN)).code).toBe(0)
    setScenario(lab, {licence_pending: true})
    expectCode(await lab.rch(LONG_KNOWN), 'xcode_license_not_accepted')
  })

  it('of a toolchain that is gone: what the worker has none of, or had when it was asked', async () => {
    expect((await lab.rch(LONG_KNOWN)).code).toBe(0)
    const xcode = join(lab.dir, 'xcode')
    const probe = join(lab.workers[0]?.root ?? '', 'jobs/probe.json')
    renameSync(xcode, join(lab.dir, 'gone'))
    mkdirSync(xcode)
    put = () => {
      rmSync(xcode, {recursive: true})
      renameSync(join(lab.dir, 'gone'), xcode)
      rmSync(probe)
    }
    expectCode(await lab.rch(LONG_KNOWN), 'toolchain_changed')
    rmSync(probe, {force: true})
    expectCode(await lab.rch(JUST_ASKED), 'xcode_not_found')
  })

  it('none: of a worker that was set up anew since it was asked', async () => {
    expect((await lab.rch(LONG_KNOWN)).code).toBe(0)
    for (const name of ['stage', 'jobs', 'cache']) rmSync(join(lab.workers[0]?.root ?? '', name), {recursive: true})
    expect((await lab.rch(LONG_KNOWN)).json()).toMatchObject({ok: true, error_code: null})
  })

  it('none: of a worker that could not take the job when it was asked, and can now', async () => {
    setScenario(lab, {licence_pending: true})
    const probe = join(lab.workers[0]?.root ?? '', 'jobs/probe.json')
    rmSync(probe)
    expectCode(await lab.rch(JUST_ASKED), 'xcode_license_not_accepted')
    setScenario(lab, null)
    rmSync(probe)
    expect((await lab.rch(LONG_KNOWN)).code).toBe(0)
  })

  it('provider_changed', async () => {
    const env = otherWorker('dist/providers.json', /"sha256": "[0-9a-f]{64}"/g, `"sha256": "${'0'.repeat(64)}"`)
    expect((await lab.rch(LONG_KNOWN)).code).toBe(0)
    expectCode(await lab.rch(LONG_KNOWN, {env}), 'provider_changed')
  })

  it.each([
    ['attestation_signature_invalid', /DSSEv1/g, 'DSSEv0'],
    ['attestation_subject_mismatch', /digest: \{ sha256: manifestSha256 \}/g, `digest: { sha256: "${'0'.repeat(64)}" }`],
  ] as const)('%s: of a worker that vouches wrongly', async (code, from, to) => {
    const {config} = lab.workers[0] ?? expect.fail('the lab has no worker')
    const before = readFileSync(config)
    const key = join(lab.dir, 'vouching.pem')
    writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({type: 'pkcs8', format: 'pem'}), {mode: 0o600})
    appendFileSync(config, `\n[identity]\nattestation_key = "${key}"\n`)
    put = () => writeFileSync(config, before)
    expectCode(await lab.rch(JUST_ASKED, {env: otherWorker('dist/bundle/worker', from, to)}), code)
  })

  it('worker_restarted', async () => {
    setScenario(lab, {hang: 'compile'})
    const started = (await lab.rch([...BUILD, '--detach'])).json()
    const [job = ''] = started['jobs'] as string[]
    const control = join(lab.workers[0]?.root ?? '', 'jobs', job, 'control.json')
    await until('the backend', () => existsSync(control) && (readJson(control)['backends'] as unknown[]).length > 0)
    const {supervisor, backends} = readJson(control) as {supervisor: {pid: number}; backends: {pid: number}[]}
    for (const {pid} of [supervisor, ...backends]) process.kill(pid, 'SIGKILL')
    await until('their end', () => [supervisor, ...backends].every(({pid}) => processIdentity(pid) === null))
    expectCode(await lab.rch(['xcode', 'resume', String(started['run_id']), '--json']), 'worker_restarted')
  })

  it('unreadable_file', async () => {
    const file = inProject(lab, 'secret.txt')
    writeFileSync(file, 'secret')
    chmodSync(file, 0)
    put = () => rmSync(file)
    await asNobody(lab, async (rch) => expectCode(await rch(BUILD), 'unreadable_file'))
  })

  it.skipIf(!mounts)('host_disk_full', async () => {
    const data = join(lab.dir, 'small')
    setScenario(lab, {huge_log_mb: 2})
    mkdirSync(data)
    const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && shift && exec "$@"'
    const words = ['-rm', 'sh', '-c', script, 'sh', data, process.execPath, RCH, ...BUILD]
    const child = spawn('unshare', words, {cwd: lab.project, env: {...lab.env, XDG_DATA_HOME: data}})
    expectCode(await followed(child).ended, 'host_disk_full')
  })

  it.skipIf(process.platform !== 'linux')('host_storage_failed', async () => {
    // A file of ours that cannot be read: the first page of a process is nobody's.
    const state = join(lab.dir, 'unreadable/rch')
    mkdirSync(state, {recursive: true})
    symlinkSync('/proc/self/mem', join(state, 'host_id'))
    expectCode(await lab.rch(BUILD, {env: {XDG_STATE_HOME: join(lab.dir, 'unreadable')}}), 'host_storage_failed')
  })

  it('source_changed_during_snapshot', async () => {
    const file = inProject(lab, 'growing.bin')
    writeFileSync(file, Buffer.alloc(30_000_000))
    const script = 'const fs = require("node:fs"); console.log("on"); for (;;) fs.appendFileSync(process.argv[1], "x")'
    const writer = spawn(process.execPath, ['-e', script, file], {stdio: ['ignore', 'pipe', 'inherit']})
    put = () => rmSync(file)
    try {
      await once(writer.stdout, 'data')
      expectCode(await lab.rch(BUILD), 'source_changed_during_snapshot')
    } finally {
      writer.kill('SIGKILL')
      await once(writer, 'exit')
    }
  })

  /** A copy of the shipped worker in which something is another: in a file, or in every file of a folder. */
  function otherWorker(place: string, from: RegExp, to: string): NodeJS.ProcessEnv {
    const other = join(lab.dir, 'other-worker')
    rmSync(other, {recursive: true, force: true})
    for (const name of ['bin', 'dist', 'schemas', 'package.json']) cpSync(join(ROOT, name), join(other, name), {recursive: true})
    symlinkSync(join(ROOT, 'node_modules'), join(other, 'node_modules'))
    const path = join(other, place)
    const files = place.endsWith('.json') ? [path] : readdirSync(path).map((name) => join(path, name))
    const changed = files.filter((file) => {
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace(from, to))
      return text.search(from) >= 0
    })
    expect(changed).not.toEqual([])
    return {RCH_XCODE_WORKER: join(other, 'bin/rch-xcode-worker.js')}
  }
})
