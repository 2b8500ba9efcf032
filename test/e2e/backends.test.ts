import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {observe} from '../support/backend-equality.ts'
import {createLab, type Lab, type LabOptions} from '../support/lab.ts'
import {setScenario} from '../support/lab-tools.ts'
import {expectCode} from './provocation.ts'
import {EQUALITY_JOBS} from './equality-jobs.ts'

const dir = mkdtempSync(join(tmpdir(), 'rch-backends-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const PREFERRED = ['--backend', 'xcodebuildmcp']

/** All of the jobs are in the slow suite. */
const FAST = ['a failing Swift Testing test']

it.each(EQUALITY_JOBS.filter(({name}) => FAST.includes(name)))('both backends tell the same of $name', async (job) => {
  const [one, other] = await Promise.all([observe(job, 'xcodebuild'), observe(job, 'xcodebuildmcp')])
  expect(one.exit).toBe(job.exit)
  expect({...other, raw: null}).toEqual({...one, raw: null})
  expect(one.raw.summary).toMatchObject({backend: {actual: 'xcodebuild'}})
  expect(other.raw.summary).toMatchObject({
    backend: {actual: 'xcodebuildmcp', version: expect.stringMatching(/^2\./)},
    backend_exit_code: null,
  })
})

describe('a preferred backend', () => {
  it('that is missing falls back and says so, or is an error where that is not allowed', () =>
    withLab({workerToml: commandOf(join(dir, 'nowhere'))}, async (lab) => {
      const alone = await lab.rch(['xcode', 'build', '--json', ...PREFERRED, '--set', 'backend.allow_fallback=false'])
      expect(alone.json()).toMatchObject({ok: false, error_code: 'backend_unavailable'})
      expect(alone.code).toBe(91)
      const ran = await lab.rch(['xcode', 'build', '--json', ...PREFERRED])
      expect(ran.code).toBe(0)
      expect(document(lab, 'summary.json')).toMatchObject({
        backend: {preferred: 'xcodebuildmcp', actual: 'xcodebuild'},
        backend_exit_code: 0,
      })
      const reasons = [`${join(dir, 'nowhere')} does not exist`]
      const data = {preferred: 'xcodebuildmcp', actual: 'xcodebuild', reasons}
      expect(events(lab)).toContainEqual(expect.objectContaining({type: 'warning', code: 'backend_unavailable', data}))
    }))

  it('that cannot express the job is an error where falling back is not allowed, and the job is sealed', () =>
    withLab({}, async (lab) => {
      const ran = await lab.rch([
        'xcode',
        'test',
        '--json',
        ...PREFERRED,
        '--set',
        'backend.allow_fallback=false',
        '--set',
        'xcode_run.collect_test_diagnostics=on-failure',
      ])
      expect(ran.code).toBe(91)
      expect(document(lab, 'summary.json')).toMatchObject({error_code: 'backend_unavailable', backend: {actual: null}})
    }))

  it('that answers nonsense is its own failure, and one of another version is refused', () =>
    withLab({workerToml: commandOf(fakeTool('2.7.0', 'console.log("{}")'))}, async (lab) => {
      const ran = await lab.rch(['xcode', 'build', '--json', ...PREFERRED])
      expectCode(ran, 'mcp_error')
      expect(document(lab, 'summary.json')).toMatchObject({error_code: 'mcp_error', failure_kind: 'MCP'})
      // The host still believes what the worker told before.
      fakeTool('2.3.2', '')
      const other = await lab.rch(['xcode', 'build', '--json', ...PREFERRED, '--set', 'backend.allow_fallback=false'])
      expectCode(other, 'mcp_incompatible')
    }))

  it('that tells no exit status hides no licence that waits since the worker was asked', () =>
    withLab({}, async (lab) => {
      const build = ['xcode', 'build', '--json', ...PREFERRED, '--set', 'worker.probe_ttl_seconds=3600']
      expect((await lab.rch(build)).code).toBe(0)
      expect(document(lab, 'summary.json')).toMatchObject({backend: {actual: 'xcodebuildmcp'}})
      setScenario(lab, {licence_pending: true})
      expectCode(await lab.rch(build), 'xcode_license_not_accepted')
    }))
})

it("takes nothing from a repository's settings for XcodeBuildMCP", () =>
  withLab({}, async (lab) => {
    mkdirSync(join(lab.project, '.xcodebuildmcp'))
    writeFileSync(
      join(lab.project, '.xcodebuildmcp/config.yaml'),
      'schemaVersion: 1\nsessionDefaults:\n  extraArgs: ["-quiet"]\n  configuration: Release\n',
    )
    const ran = await lab.rch(['xcode', 'build', '--json', ...PREFERRED])
    expect(ran.code).toBe(0)
    expect(document(lab, 'summary.json')).toMatchObject({backend: {actual: 'xcodebuildmcp'}})
    const log = readFileSync(join(lab.sealedSets()[0] ?? '', 'build.log'), 'utf8')
    expect(log).toContain('-configuration Debug')
    expect(log).not.toContain('-quiet')
  }))

async function withLab(options: LabOptions, use: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await createLab({transport: 'local', backend: 'xcodebuildmcp', ...options})
  try {
    await use(lab)
  } finally {
    await lab.stop()
  }
}

function commandOf(command: string): string {
  return `[providers.xcodebuildmcp]\ncommand = ${JSON.stringify(command)}\n`
}

function fakeTool(version: string, script: string): string {
  const root = join(dir, 'tool')
  mkdirSync(join(root, 'build'), {recursive: true})
  writeFileSync(join(root, 'package.json'), JSON.stringify({name: 'xcodebuildmcp', version}))
  writeFileSync(join(root, 'build/cli.js'), script)
  return join(root, 'build/cli.js')
}

function document(lab: Lab, name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(lab.sealedSets()[0] ?? '', name), 'utf8'))
}

function events(lab: Lab): readonly unknown[] {
  const text = readFileSync(join(lab.sealedSets()[0] ?? '', 'events.ndjson'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
