import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {homedir, hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeEach, describe, expect, test} from 'vitest'
import {loadConfig} from '../../src/domain/config/index.ts'
import {configDirectory, readConfigFiles} from '../../src/infra/config-files.ts'
import {loadWorkerConfig} from '../../src/infra/worker-config-file.ts'
import {refusalOf} from '../domain/config/support.ts'

const scratch = mkdtempSync(join(tmpdir(), 'rch-config-files-'))
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

let root = ''
let configDir = ''
beforeEach(() => {
  root = mkdtempSync(join(scratch, 'repo-'))
  configDir = mkdtempSync(join(scratch, 'config-'))
  mkdirSync(join(root, '.rch'))
})

describe('where the files of the host lie', () => {
  test('the flag, RCH_CONFIG_DIR, XDG, home, in this order', () => {
    const env = {RCH_CONFIG_DIR: '/r', XDG_CONFIG_HOME: '/x'}
    expect(configDirectory(env, '/f')).toBe('/f')
    expect(configDirectory(env, null)).toBe('/r')
    expect(configDirectory({XDG_CONFIG_HOME: '/x'}, null)).toBe('/x/rch')
    for (const ignored of [{}, {XDG_CONFIG_HOME: ''}, {XDG_CONFIG_HOME: 'relative'}]) {
      expect(configDirectory(ignored, null)).toBe(join(homedir(), '.config/rch'))
    }
  })

  test('what is there is read, what is not is null', () => {
    expect(readConfigFiles(root, {}, configDir)).toEqual({
      directory: configDir,
      repository: null,
      host: null,
      workers: null,
      githubEvent: null,
    })
    writeFileSync(join(root, '.rch/xcode.toml'), 'scheme = "A"\n')
    writeFileSync(join(configDir, 'config.toml'), '')
    const files = readConfigFiles(root, {}, configDir)
    expect(files.repository?.path).toBe('.rch/xcode.toml')
    expect(Buffer.from(files.repository?.bytes ?? []).toString()).toBe('scheme = "A"\n')
    expect(files.host?.path).toBe(join(configDir, 'config.toml'))
    expect(readConfigFiles(null, {}, configDir).repository).toBeNull()
  })

  test("GitHub's event file, for pull requests alone", () => {
    const event = join(root, 'event.json')
    writeFileSync(event, '{}')
    const read = (name: string, path: string) =>
      readConfigFiles(root, {GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path}, configDir).githubEvent
    expect(read('pull_request', event)).toBe('{}')
    expect(read('push', event)).toBeNull()
    for (const unreadable of [join(root, 'none'), root, '']) expect(read('pull_request', unreadable)).toBeNull()
    writeFileSync(event, Uint8Array.of(0xff))
    expect(read('pull_request', event)).toBeNull()
  })
})

describe('what is no file to read', () => {
  const path = () => join(root, '.rch/xcode.toml')
  const refusal = () => refusalOf(() => readConfigFiles(root, {}, configDir))

  test('a directory', () => {
    mkdirSync(path())
    expect(refusal().code).toBe('config_invalid')
  })

  test('a named pipe does not hang', () => {
    execFileSync('mkfifo', [path()])
    expect(refusal().code).toBe('config_invalid')
  })

  test('a link out of the repository, and one that leads nowhere', () => {
    writeFileSync(join(configDir, 'secret'), 'x')
    symlinkSync(join(configDir, 'secret'), path())
    expect(refusal().code).toBe('config_invalid')
    rmSync(path())
    symlinkSync('none', path())
    expect(refusal().code).toBe('config_invalid')
    rmSync(path())
    writeFileSync(join(root, 'inside.toml'), '')
    symlinkSync('../inside.toml', path())
    expect(readConfigFiles(root, {}, configDir).repository).not.toBeNull()
  })

  test('a file where its directory should be holds no profile', () => {
    rmSync(join(root, '.rch'), {recursive: true})
    writeFileSync(join(root, '.rch'), '')
    expect(readConfigFiles(root, {}, configDir).repository).toBeNull()
  })

  test.skipIf(process.getuid?.() === 0)('a directory without permission', () => {
    chmodSync(join(root, '.rch'), 0)
    expect(refusal().code).toBe('config_invalid')
    chmodSync(join(root, '.rch'), 0o755)
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission', () => {
    writeFileSync(path(), '')
    chmodSync(path(), 0)
    expect(refusal().code).toBe('config_invalid')
  })

  test('a file of 10 GB is refused without being read', () => {
    writeFileSync(path(), '')
    truncateSync(path(), 10_000_000_000)
    const {repository} = readConfigFiles(root, {}, configDir)
    expect(repository?.bytes.length).toBeLessThan(2_000_000)
    const request = {repository, host: null, flags: {}, profile: null, env: {}, githubEvent: null, origin: null}
    expect(refusalOf(() => loadConfig(request)).code).toBe('config_invalid')
  })
})

describe('worker.toml', () => {
  const load = (text: string) => {
    const path = join(configDir, 'worker.toml')
    writeFileSync(path, text)
    return loadWorkerConfig(path, {})
  }

  test('without a file the defaults hold', () => {
    const settings = loadWorkerConfig(undefined, {RCH_CONFIG_DIR: configDir, XDG_DATA_HOME: '/data'})
    expect(settings).toMatchObject({
      file: null,
      name: hostname(),
      roots: {
        stage_root: '/data/rch-worker/stage_root',
        jobs_root: '/data/rch-worker/jobs_root',
        cache_root: '/data/rch-worker/cache_root',
      },
      limits: {max_upload_bytes: 8_000_000_000, max_blob_bytes: 2_000_000_000, max_entries: 500_000},
      queue: {max_concurrent_jobs: 1},
      gc: {max_age_days: 7, max_bytes: 100_000_000_000, keep_last: 20, auto: true},
      toolchain: {kind: 'real', paths: []},
    })
  })

  test('every table', () => {
    const settings = load(`
schema_version = 1
name = "mini"
[roots]
stage_root = "~/stage"
jobs_root = "/jobs"
cache_root = "/cache"
[limits]
max_upload_bytes = "1GB"
[queue]
max_concurrent_jobs = 2
[toolchain]
kind = "mock"
paths = ["~/mock"]
[trust]
require_signed_requests = true
trusted_keys = ["ssh-ed25519 AAAA me"]
[identity]
attestation_key = "~/.ssh/attest"
[gc]
max_bytes = "5GiB"
[sandbox]
job_user = "rchjob"
[providers.acme]
anything = { goes = [1, "x"] }
`)
    expect(settings).toMatchObject({
      name: 'mini',
      roots: {stage_root: join(homedir(), 'stage'), jobs_root: '/jobs'},
      limits: {max_upload_bytes: 1_000_000_000},
      queue: {max_concurrent_jobs: 2, max_priority: 10},
      toolchain: {kind: 'mock', paths: [join(homedir(), 'mock')]},
      trust: {require_signed_requests: true, trusted_keys: ['ssh-ed25519 AAAA me']},
      identity: {attestation_key: join(homedir(), '.ssh/attest')},
      gc: {max_bytes: 5 * 2 ** 30},
      sandbox: {job_user: 'rchjob'},
      providers: {acme: {anything: {goes: [1, 'x']}}},
    })
  })

  test.each([
    ['an unknown key', '[limits]\nmax_uplod_bytes = 1', 'config_invalid'],
    ['a zero limit', '[limits]\nmax_entries = 0', 'config_invalid'],
    ['a relative root', '[roots]\njobs_root = "jobs"', 'config_invalid'],
    ['a root with dots', '[roots]\njobs_root = "/a/../b"', 'invalid_worker_roots'],
    ['a root inside another', '[roots]\njobs_root = "/a"\nstage_root = "/a/stage"', 'invalid_worker_roots'],
    ['one root for two', '[roots]\njobs_root = "/a"\nstage_root = "/a"', 'invalid_worker_roots'],
    ['signatures without a key', '[trust]\nrequire_signed_requests = true', 'config_invalid'],
    ['providers that are no tables', '[providers]\nacme = 1', 'config_invalid'],
  ])('%s', (_, text, code) => {
    const error = refusalOf(() => load(text))
    expect(error.code).toBe(code)
    expect(error.data['line']).toEqual(expect.any(Number))
  })

  test('a file that was named must be there', () => {
    expect(refusalOf(() => loadWorkerConfig(join(configDir, 'none.toml'), {})).code).toBe('config_invalid')
  })
})
