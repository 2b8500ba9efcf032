import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Scenario} from '../src/index.ts'
import {bench, type Bench, type Ran} from './support/bench.ts'

let kit: Bench
beforeAll(() => {
  kit = bench('HelloKit')
})
afterAll(() => kit[Symbol.dispose]())

const words = (...more: readonly string[]): readonly string[] => [
  '-scheme',
  'HelloKit',
  '-destination',
  'platform=macOS',
  '-derivedDataPath',
  kit.derivedData,
  ...more,
]
const build = (scenario: Scenario, ...more: readonly string[]): Promise<Ran> =>
  kit.run('xcodebuild', words('clean', 'build', ...more), {scenario})

describe('scripted failures', () => {
  it.each<readonly [string, Scenario, number, RegExp]>([
    ['a licence not agreed to', {licence_pending: true}, 69, /You have not agreed to the Xcode/],
    ['packages that cannot be resolved', {package_resolution_failure: true}, 74, /Could not resolve package dependencies/],
    ['no destination', {no_destination: true}, 70, /Unable to find a device/],
    ['a full disk', {disk_full: 'link'}, 65, /No space left on device/],
    ['a status of its own', {exit_code: 42}, 42, /BUILD SUCCEEDED/],
  ])('%s', async (_, scenario, status, message) => {
    const ran = await build(scenario)
    expect([ran.status, ran.stdout + ran.stderr]).toEqual([status, expect.stringMatching(message)])
  })

  it('first launch is pending', async () => {
    expect((await kit.run('xcodebuild', ['-checkFirstLaunchStatus'])).status).toBe(0)
    expect((await kit.run('xcodebuild', ['-checkFirstLaunchStatus'], {scenario: {first_launch_pending: true}})).status).toBe(69)
  })

  it('dies by a signal in the middle', async () => {
    const ran = await build({crash: {phase: 'link', signal: 'SIGSEGV'}})
    expect([ran.signal, ran.stdout.includes('SwiftCompile'), ran.stdout.includes('BUILD')]).toEqual(['SIGSEGV', true, false])
  })

  it('hangs without a word until it is ended', async () => {
    const ran = await kit.run('xcodebuild', words('clean', 'build'), {
      scenario: {hang: 'link'},
      when: [['SwiftCompile', (child) => child.kill('SIGTERM')]],
    })
    expect(ran.signal).toBe('SIGTERM')
  })

  it('ignores everything but SIGKILL', async () => {
    const ran = await kit.run('xcodebuild', words('clean', 'build'), {
      scenario: {unkillable: {phase: 'compile', seconds: 3}, print: {compile: 'still here'}},
      when: [
        ['still here', (child) => child.kill('SIGTERM')],
        ['ignores SIGTERM', (child) => child.kill('SIGKILL')],
      ],
    })
    expect(ran.signal).toBe('SIGKILL')
  })

  it('waits at a phase until a file is there', async () => {
    const file = join(kit.root, 'go-on')
    const ran = await kit.run('xcodebuild', words('clean', 'build'), {
      scenario: {print: {compile: 'before it', link: 'behind it'}, wait_for: {link: file}},
      when: [['behind it', () => writeFileSync(file, '')]],
    })
    expect(ran.status).toBe(0)
  })

  it('floods the log', async () => {
    expect((await build({huge_log_mb: 5})).stdout.length).toBeGreaterThan(5_000_000)
  })

  it('prints whatever a script would', async () => {
    expect((await build({print: {link: 'café ** BUILD FAILED **'}})).stdout).toContain('café ** BUILD FAILED **\n')
  })

  it('leaves no result bundle, or one that cannot be read, and succeeds', async () => {
    const missing = join(kit.root, 'missing.xcresult')
    expect((await build({result_bundle: 'missing'}, '-resultBundlePath', missing)).status).toBe(0)
    expect(existsSync(missing)).toBe(false)
    const corrupt = join(kit.root, 'corrupt.xcresult')
    expect((await build({result_bundle: 'corrupt'}, '-resultBundlePath', corrupt)).status).toBe(0)
    expect((await kit.run('xcrun', ['xcresulttool', 'get', 'build-results', '--path', corrupt])).status).toBe(1)
  })

  it('writes into the source tree and names its environment', async () => {
    const names = join(kit.root, 'names.txt')
    await kit.run('xcodebuild', words('build'), {scenario: {writes: {'Package.resolved': '{}\n'}, env_names_file: names}, env: {CI: '1'}})
    expect(readFileSync(join(kit.project, 'Package.resolved'), 'utf8')).toBe('{}\n')
    expect(readFileSync(names, 'utf8').split('\n')).toEqual(expect.arrayContaining(['CI', 'HOME', 'PATH']))
  })

  it('answers for script phases, which it does not run', async () => {
    using app = bench('HelloApp')
    const file = join(app.project, 'HelloApp.xcodeproj/project.pbxproj')
    const phase =
      '\t\tA5C0DE0000000000000000FF /* Lint */ = {\n\t\t\tisa = PBXShellScriptBuildPhase;\n\t\t\tname = Lint;\n\t\t\tshellPath = /bin/sh;\n\t\t\tshellScript = "touch ran";\n\t\t};\n'
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('/* Begin PBXSourcesBuildPhase section */\n', (head) => head + phase)
        .replace('buildPhases = (\n', (head) => `${head}\t\t\t\tA5C0DE0000000000000000FF /* Lint */,\n`),
    )
    const invocation = [
      '-scheme',
      'HelloApp',
      '-destination',
      'platform=iOS Simulator,name=iPhone 17',
      '-derivedDataPath',
      app.derivedData,
      'build',
    ]
    const plain = await app.run('xcodebuild', invocation)
    expect([plain.status, existsSync(join(app.project, 'ran'))]).toEqual([0, false])
    expect(plain.stdout).toMatch(/PhaseScriptExecution Lint .*\(in target 'HelloApp' from project 'HelloApp'\)/)
    const failing = await app.run('xcodebuild', invocation, {scenario: {scripts: {Lint: {print: 'style is bad', exit: 1}}}})
    expect([failing.status, failing.stdout]).toEqual([
      65,
      expect.stringMatching(/style is bad\n[^]*Command PhaseScriptExecution failed with a nonzero exit code/),
    ])
    await app.run('xcodebuild', invocation, {scenario: {run_scripts: true}})
    expect(existsSync(join(app.project, 'ran'))).toBe(true)
  })
})

describe('where a scenario comes from', () => {
  it('is read next to the tools and in the project, the latter winning', async () => {
    using fresh = bench('HelloKit')
    writeFileSync(join(fresh.root, 'tools/.rch-mock.json'), JSON.stringify({exit_code: 3}))
    expect((await fresh.run('xcodebuild', ['-scheme', 'HelloKit', 'build'])).status).toBe(3)
    writeFileSync(join(fresh.project, '.rch-mock.json'), JSON.stringify({exit_code: 4}))
    expect((await fresh.run('xcodebuild', ['-scheme', 'HelloKit', 'build'])).status).toBe(4)
  })

  it('names what it does not understand', async () => {
    const ran = await kit.run('xcodebuild', words('build'), {env: {RCH_MOCK_SCENARIO: '{"slw_ms": 3}'}})
    expect([ran.status, ran.stderr]).toEqual([64, expect.stringMatching(/RCH_MOCK_SCENARIO must be an object with keys of slow_ms/)])
  })
})
