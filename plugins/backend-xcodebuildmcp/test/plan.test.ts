import {isErrorCode, isRchError} from '@rch/contract'
import {planInvocations, type InstalledTool} from '@rch/backend-xcodebuildmcp'
import {describe, expect, it} from 'vitest'
import {job, MAC, PATHS, PHONE, type JobChange} from './support.ts'

const TOOL: InstalledTool = {words: ['/opt/node', '/opt/xcodebuildmcp/build/cli.js'], version: '2.7.0', problem: null}

describe('a build', () => {
  it('is one call, with its own result bundle and none of the words the tool says itself', () => {
    const words = [
      '-configuration',
      'Debug',
      '-skipMacroValidation',
      '-collect-test-diagnostics',
      'never',
      '-skipPackageUpdates',
      'ARCHS=arm64',
    ]
    const [call, ...more] = plan({words, model: {configuration: 'Debug'}})
    expect(more).toEqual([])
    expect(call?.argv.slice(0, 5)).toEqual([...TOOL.words, 'macos', 'build', '--json'])
    expect(call?.argv.slice(6)).toEqual(['--output', 'json', '--style', 'minimal'])
    expect(call?.request).toEqual({tool: 'build_macos', arguments: JSON.parse(call?.argv[5] ?? '')})
    expect(call?.request['arguments']).toEqual({
      projectPath: '/slot/src/App.xcodeproj',
      scheme: 'App',
      configuration: 'Debug',
      derivedDataPath: '/slot/dd',
      extraArgs: ['-skipPackageUpdates', 'ARCHS=arm64', '-resultBundlePath', '/job/result/result.xcresult', 'CODE_SIGNING_ALLOWED=NO'],
    })
  })

  it("runs in the backend's own folder, never in the checkout", () => {
    for (const {cwd} of plan({action: 'test', destinations: [PHONE]})) expect(cwd).toBe(PATHS.state)
  })

  it('names a simulator by its id, and further destinations in words', () => {
    const [call] = plan({destinations: [PHONE, {...PHONE, udid: 'B'}, {...MAC, generic: true}]})
    expect(call?.request).toMatchObject({tool: 'build_sim', arguments: {simulatorId: PHONE.udid}})
    expect(JSON.stringify(call?.request)).toContain('"-destination","platform=iOS Simulator,id=B","-destination","generic/platform=macOS"')
  })

  it('builds for any device of a platform', () => {
    const [call] = plan({destinations: [{...MAC, platform: 'tvOS', generic: true}]})
    expect(call?.request).toMatchObject({tool: 'build_device', arguments: {platform: 'tvOS'}})
  })

  it('wraps a package into a workspace that stays with the slot', () => {
    const [call] = plan({model: {container: {type: 'package', path: 'Libs/Kit'}}})
    expect(call?.request).toMatchObject({arguments: {workspacePath: '/slot/dd/package.xcworkspace'}})
    expect(call?.around.wrap).toEqual({workspace: '/slot/dd/package.xcworkspace', package: '/slot/src/Libs/Kit'})
  })

  it('is compiled as the tool compiles tests, so that neither throws the other away', () => {
    expect(extraArgs({destinations: [PHONE]})).toEqual(expect.arrayContaining(['COMPILER_INDEX_STORE_ENABLE=NO', 'ONLY_ACTIVE_ARCH=YES']))
    expect(extraArgs({destinations: [PHONE], model: {configuration: 'Release'}})).not.toContain('ONLY_ACTIVE_ARCH=YES')
    expect(extraArgs({destinations: [PHONE], words: ['ONLY_ACTIVE_ARCH=NO']})).not.toContain('ONLY_ACTIVE_ARCH=YES')
    expect(extraArgs({})).not.toContain('ONLY_ACTIVE_ARCH=YES')
  })
})

describe('a test', () => {
  const words = [
    '-testPlan',
    'Smoke',
    '-only-testing:A/B',
    '-enableCodeCoverage',
    'YES',
    '-test-iterations',
    '3',
    '-retry-tests-on-failure',
    '-skipPackageUpdates',
  ]

  it('is a build and a run of what was built, with the words that belong to each', () => {
    const [built, tested] = plan({action: 'test', destinations: [PHONE], words})
    expect(built?.request).toMatchObject({
      tool: 'build_sim',
      arguments: {buildForTesting: true, testProductsPath: '/job/work/tests.xctestproducts'},
    })
    expect(tested?.request).toEqual({
      tool: 'test_sim',
      arguments: {
        testProductsPath: '/job/work/tests.xctestproducts',
        simulatorId: PHONE.udid,
        extraArgs: [...words.slice(0, -1), '-resultBundlePath', '/job/result/result.xcresult'],
      },
    })
    const wanted = ['-testPlan', 'Smoke', '-only-testing:A/B', '-enableCodeCoverage', 'YES', '-skipPackageUpdates']
    expect(built?.request).toMatchObject({arguments: {extraArgs: expect.arrayContaining(wanted)}})
    expect(JSON.stringify(built?.request)).not.toMatch(/iterations|retry/)
  })

  it('never says two things that the tool refuses beside prepared tests', () => {
    const [, tested] = plan({action: 'test', words: ['-configuration', 'Debug', ...words]})
    expect(JSON.stringify(tested?.request)).not.toMatch(/"-(project|workspace|scheme|configuration|destination|derivedDataPath)"/)
  })
})

describe('what it cannot express', () => {
  it.each<[string, JobChange]>([
    ['prepared tests of another', {action: 'test-without-building'}],
    ['clean', {action: 'clean'}],
    ['no destination', {destinations: []}],
    ['tests on two', {action: 'test', destinations: [PHONE, PHONE]}],
    ['tests on any device', {action: 'test', destinations: [{...MAC, platform: 'iOS', generic: true}]}],
    ['any Mac', {destinations: [{...MAC, generic: true}]}],
    ['Mac Catalyst', {destinations: [{...MAC, variant: 'Mac Catalyst'}]}],
    ['a real device', {destinations: [{...MAC, platform: 'iOS', udid: 'X'}]}],
    ['another architecture of a simulator', {destinations: [{...PHONE, arch: 'x86_64'}]}],
    ['another architecture of the Mac in tests', {action: 'test', destinations: [{...MAC, arch: 'x86_64'}]}],
    ['diagnostics of tests', {action: 'test', run: {collect_test_diagnostics: 'on-failure'}}],
    ['checked macros of untrusted sources', {posture: 'untrusted'}],
    ['tests of every architecture', {action: 'test', destinations: [PHONE], model: {build_settings: {ONLY_ACTIVE_ARCH: 'NO'}}}],
    ['options of Node', {env: {NODE_OPTIONS: '--inspect'}}],
  ])('%s is refused with reasons', (_name, change) => {
    try {
      plan(change)
      expect.unreachable('it must be refused')
    } catch (error) {
      if (!isRchError(error) || !isErrorCode(error.code)) throw error
      expect(error).toMatchObject({code: 'backend_unavailable', data: {backend: 'xcodebuildmcp', reasons: [expect.any(String)]}})
    }
  })

  it('is another matter where the profile asks for it', () => {
    expect(() => plan({posture: 'untrusted', run: {skip_macro_validation: true}})).not.toThrow()
    expect(() => plan({destinations: [{...MAC, arch: 'x86_64'}]})).not.toThrow()
    expect(() => plan({destinations: [{...PHONE, arch: 'arm64'}], action: 'test'})).not.toThrow()
  })
})

function plan(change: JobChange) {
  return planInvocations(TOOL, job(change), PATHS)
}

function extraArgs(change: JobChange): unknown {
  const [call] = plan(change)
  const asked = call?.request['arguments']
  return typeof asked === 'object' && asked !== null && 'extraArgs' in asked ? asked.extraArgs : undefined
}
