import {describe, expect, test} from 'vitest'
import {explainConfig} from '../../../src/domain/config/explain-config.ts'
import {loadConfig} from '../../../src/domain/config/index.ts'
import {locator} from '../../../src/domain/config/locate.ts'
import {file, load, MINIMAL, places, refusal, refusalOf, requestOf} from './support.ts'

/** Every table of a profile at once, with the names that the documentation uses. */
const EVERYTHING = `
default_profile = "ci"

[profiles.base]
timeout_seconds = 900

[profiles.ci]
extends = "base"
action = "test"
workspace = "App.xcworkspace"
scheme = "App"
configuration = "Debug"
sdk = "iphonesimulator"
idle_timeout_seconds = 300
artifact_profile = "minimal"
continue_on_failure = false
verify = ["build", "test"]

[profiles.ci.destination]
platform = "iOS Simulator"
name = "iPhone 16"
os = "18.2"
arch = "arm64"
device_type_id = "com.apple.CoreSimulator.SimDeviceType.iPhone-16"
runtime_id = "com.apple.CoreSimulator.SimRuntime.iOS-18-2"
require_core_ids = true
on_multiple = "select"
selector = "lowest_udid"
provisioning = "ephemeral"

[profiles.ci.xcode]
require_version = ">=16 <17"

[profiles.ci.xcode_test]
test_plan = "App"
only_testing = ["B/b", "A", "A"]

[profiles.ci.xcode_run]
enable_code_coverage = true
collect_test_diagnostics = "never"

[profiles.ci.build_settings]
ONLY_ACTIVE_ARCH = "YES"

[profiles.ci.worker]
require_tags = ["macos", "xcode"]
selection = "warm_cache"
min_disk_free_bytes = "20GB"

[profiles.ci.workspace]
mode = "isolated"

[profiles.ci.cache]
result = "read_write"
mode = "read_only"

[profiles.ci.source]
max_bytes = "2GiB"

[profiles.ci.limits]
max_log_bytes = 1_000_000

[profiles.ci.env]
allow = ["CI"]

[profiles.ci.retry]
max_attempts = 3
retry_on = ["worker_unreachable"]
`

describe('the effective profile', () => {
  test('every table of a profile is read, sets are sorted, sizes are bytes', () => {
    const {profile, choice} = load({repository: EVERYTHING})
    expect(choice).toEqual({name: 'ci', by: 'default_profile'})
    expect(profile).toMatchObject({
      name: 'ci',
      workspace: 'App.xcworkspace',
      timeout_seconds: 900,
      schemes: ['App'],
      configurations: ['Debug'],
      destinations: [{platform: 'iOS Simulator', os: '18.2', generic: false, variant: null, provisioning: 'ephemeral'}],
      xcode: {require_version: '>=16 <17', real: true, path: null},
      xcode_test: {test_plan: 'App', only_testing: ['A', 'B/b'], skip_testing: []},
      xcode_run: {enable_code_coverage: true, collect_test_diagnostics: 'never', test_iterations: null},
      build_settings: {ONLY_ACTIVE_ARCH: 'YES'},
      worker: {min_disk_free_bytes: 20_000_000_000, selection: 'warm_cache'},
      workspace_mode: {mode: 'isolated'},
      cache: {mode: 'read_only', result: 'read', derived_data: 'per_job'},
      source: {max_bytes: 2 * 2 ** 30, max_file_bytes: 1_000_000_000},
      limits: {max_log_bytes: 1_000_000, max_cpu_seconds: null},
      retry: {max_attempts: 3, retry_on: ['worker_unreachable']},
      trust: {posture: 'trusted'},
      verify: [
        {action: 'build', scheme: null, destinations: null, xcode_test: {}, xcode_run: {}},
        {action: 'test', scheme: null, destinations: null},
      ],
    })
  })

  test('verify tables override what they name', () => {
    const {profile} = load({
      repository: `${MINIMAL}
[[verify]]
action = "build"
configuration = "Release"
[[verify]]
action = "test"
scheme = "Other"
xcode_test = { only_testing = ["B", "A"] }
[[verify.destinations]]
platform = "iOS Simulator"
name = "iPad Air"
[[verify.destinations]]
platform = "macOS"
`,
    })
    expect(profile.verify).toMatchObject([
      {action: 'build', configuration: 'Release', destinations: null},
      {action: 'test', scheme: 'Other', xcode_test: {only_testing: ['A', 'B']}, destinations: [{name: 'iPad Air'}, {platform: 'macOS'}]},
    ])
  })

  test('flags replace, and enforce has the last word on a free key', () => {
    const {profile} = load({
      host: '[defaults]\ntimeout_seconds = 10\nartifact_profile = "rich"\n[enforce.worker]\nselection = "least_busy"\n',
      flags: {
        timeout: 77,
        scheme: 'Flag',
        xcode: '16.2',
        destination: ['platform=iOS Simulator,name=iPhone 16,OS=18.2'],
        set: [
          'worker.selection=random',
          'build_settings.ARCHS=arm64',
          'verify=build,test',
          'xcode_test.only_testing=B,A',
          'limits.max_log_bytes=5MB',
        ],
      },
    })
    expect(profile).toMatchObject({
      timeout_seconds: 77,
      scheme: 'Flag',
      artifact_profile: 'rich',
      reports: {sarif: true, annotations: true, html: false},
      xcode: {require_version: '16.2'},
      worker: {selection: 'least_busy'},
      destinations: [{platform: 'iOS Simulator', name: 'iPhone 16', os: '18.2'}],
      build_settings: {ARCHS: 'arm64'},
      xcode_test: {only_testing: ['A', 'B']},
      limits: {max_log_bytes: 5_000_000},
    })
    expect(profile.verify.map(({action}) => action)).toEqual(['build', 'test'])
  })

  test('a newer container or destination form steps in for an older one', () => {
    const {profile} = load({
      repository: `${MINIMAL}
[profiles.child]
extends = "default"
package = "."
[[profiles.child.destinations]]
platform = "iOS Simulator"
name = "iPhone 16"
`,
      profile: 'child',
    })
    expect(profile).toMatchObject({project: null, package: '.', destinations: [{platform: 'iOS Simulator'}]})
    expect(profile.destinations).toHaveLength(1)
  })

  test('a profile of several parents takes each once, in order', () => {
    const {profile} = load({
      repository: `
[profiles.root]
project = "App.xcodeproj"
scheme = "App"
timeout_seconds = 1
idle_timeout_seconds = 1
destination = { platform = "macOS" }
[profiles.a]
extends = "root"
timeout_seconds = 2
[profiles.b]
extends = ["root"]
idle_timeout_seconds = 3
[profiles.c]
extends = ["a", "b"]
`,
      profile: 'c',
    })
    expect(profile).toMatchObject({timeout_seconds: 2, idle_timeout_seconds: 3})
  })

  test('a chain of thousands of parents is refused', () => {
    const chain = Array.from({length: 20_000}, (_, index) => `[profiles.p${index}]\nextends = "p${index + 1}"`)
    const wide = Array.from({length: 5000}, (_, index) => `[profiles.p${index + 1}]\nscheme = "A"`)
    const parents = JSON.stringify(wide.map((_, index) => `p${index + 1}`))
    for (const repository of [chain.join('\n'), `[profiles.p0]\nextends = ${parents}\n${wide.join('\n')}`]) {
      expect(refusal({repository, profile: 'p0'}).code).toBe('config_invalid')
    }
  })

  test('mcp is another name of xcodebuildmcp', () => {
    expect(load({repository: `${MINIMAL}\n[backend]\npreferred = "mcp"\n`}).profile.backend.preferred).toBe('xcodebuildmcp')
    expect(load({flags: {backend: 'mcp'}}).profile.backend.preferred).toBe('xcodebuildmcp')
  })

  test('every value knows its file and line, and what it replaced', () => {
    const given = {host: '[defaults]\ntimeout_seconds = 10\n', repository: `timeout_seconds = 20\n${MINIMAL}`, flags: {timeout: 30}}
    const request = requestOf(given)
    const rows = explainConfig(load(given), [request.repository, request.host])
    expect(rows.find(({key}) => key === 'timeout_seconds')).toEqual({
      key: 'timeout_seconds',
      value: 30,
      layer: 'flags',
      label: '--timeout',
      file: null,
      line: null,
      overridden: [
        {value: 20, layer: 'repository', label: null, file: '.rch/xcode.toml', line: 1},
        {value: 10, layer: 'host_defaults', label: null, file: '/home/me/.config/rch/config.toml', line: 2},
      ],
    })
    expect(rows.find(({key}) => key === 'destination.platform')).toMatchObject({file: '.rch/xcode.toml', line: 6})
    expect(rows.find(({key}) => key === 'cache.spm')).toMatchObject({layer: 'defaults', value: 'shared'})
  })
})

describe('choosing a profile', () => {
  const TWO = '[profiles.ci]\nscheme = "A"\n[profiles.local]\nscheme = "B"\n'

  test('nothing is guessed: the list stands in the error', () => {
    const error = refusal({repository: TWO})
    expect(error.code).toBe('profile_required')
    expect(error.data['profiles']).toEqual(['ci', 'local'])
    expect(error.hint).toContain('ci, local')
  })

  test('a name that is not there suggests the nearest', () => {
    const error = refusal({repository: TWO, env: {RCH_PROFILE: 'locla'}})
    expect(error.code).toBe('profile_required')
    expect(error.message).toContain('did you mean "local"')
  })

  test('without a file the next step is init', () => {
    const error = refusalOf(() => loadConfig({...requestOf({}), repository: null}))
    expect(error.code).toBe('profile_required')
    expect(error.hint).toContain('rch xcode init')
  })

  test.each([
    ['a circle', '[profiles.a]\nextends = "b"\n[profiles.b]\nextends = "a"\n', '.rch/xcode.toml:4 profiles.b.extends'],
    ['a profile that is not there', '[profiles.a]\nextends = "bsae"\n[profiles.base]\n', '.rch/xcode.toml:2 profiles.a.extends'],
  ])('extends refuses %s', (_, repository, place) => {
    const error = refusal({repository, profile: 'a'})
    expect(error.code).toBe('config_invalid')
    expect(places(error)).toEqual([place])
  })
})

test('places are found in any way of writing a key', () => {
  const text = new TextDecoder().decode(file('x', 'a.b = 1\n[c]\nd = { e = 1 }\n[[f]]\ng = 1\n[[f]]\n"h i" = [\n  1,\n  2,\n]\n').bytes)
  const find = locator(text)
  expect([find(['a', 'b']), find(['c', 'd', 'e']), find(['f', 1, 'h i', 1]), find(['c', 'nothing']), find(['z'])]).toEqual([
    1,
    3,
    9,
    2,
    null,
  ])
})
