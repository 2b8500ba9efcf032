import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isRchError, type RchError} from '@rch/contract'
import {PROFILE_KEYS} from '../../../src/domain/config/keys.ts'
import {readRepositoryFile} from '../../../src/domain/config/repository-file.ts'
import {withPlaces} from '../../../src/domain/config/load-config.ts'
import {loadConfig, loadWorkers} from '../../../src/domain/config/index.ts'
import {file, load, MINIMAL, places, refusal, refusalOf, requestOf} from './support.ts'

describe('what is not in the schema', () => {
  test('unknown keys are named with file, line and the nearest known key, all at once', () => {
    const error = refusal({
      repository: `timeout_secnds = 5\n${MINIMAL}[cache]\nmodee = "off"\n[cachee]\nmode = "off"\n[profiles.x.simulator]\nerase = 1\n`,
    })
    expect(error.code).toBe('config_invalid')
    expect(places(error)).toEqual([
      '.rch/xcode.toml:1 timeout_secnds',
      '.rch/xcode.toml:8 cache.modee',
      '.rch/xcode.toml:9 cachee',
      '.rch/xcode.toml:12 profiles.x.simulator.erase',
    ])
    for (const near of ['"timeout_seconds"', '"cache.mode"', '"cache"', '"simulator.erase_on_start"']) expect(error.message).toContain(near)
  })

  test.each([
    [{host: '[default]\ntimeout_seconds = 5'}, '"defaults"'],
    [{host: '[enforced]\ntimeout_seconds = 5'}, '"enforce"'],
    [{host: '[repo."a/b"]\ntrust = "full"'}, '"repos"'],
    [{repository: `${MINIMAL}[profile.ci]\nscheme = "A"`}, '"profiles"'],
    [{repository: `extend = "ci"\n${MINIMAL}`}, '"extends"'],
    [{host: '[daemon]\nenable = true'}, '"daemon.enabled"'],
  ])('the tables that other rows read have near names too: %j', (given, near) => {
    expect(refusal(given).message).toContain(near)
  })

  test('the table that an unknown key stands in is not offered for it', () => {
    expect(refusal({host: '[daemon]\nx = 1'}).message).not.toContain('did you mean "daemon"')
  })

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused wherever it stands', (key) => {
    for (const text of [`${key} = 1`, `[${key}]\na = 1`, `[profiles.x.build_settings]\n${key} = "1"`, `a = { b = [{ "${key}" = 1 }] }`]) {
      for (const given of [
        {repository: text},
        {host: text},
        {host: `[defaults]\n${text.startsWith('[') ? '' : text}\n[providers.x]\n${key} = 1`},
      ]) {
        expect(refusal(given).code).toBe('config_invalid')
      }
    }
    expect(places(refusal({repository: `# dotted\n${key}.x = 1`}))).toEqual([`.rch/xcode.toml:2 ${key}`])
    expect(refusal({flags: {set: [`build_settings.${key}=1`]}}).code).toBe('config_invalid')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('10 MB, 10,000 levels, bytes that are no text, broken TOML', () => {
    const refuse = (bytes: Uint8Array | string) =>
      refusalOf(() =>
        loadConfig({
          ...requestOf({}),
          repository: {path: '.rch/xcode.toml', bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes},
        }),
      )
    const deep = 10_000
    for (const bytes of [
      Buffer.alloc(10_000_000, 0x23),
      `a = ${'['.repeat(deep)}${']'.repeat(deep)}`,
      `a = ${'{ a = '.repeat(deep)}1${' }'.repeat(deep)}`,
      `${Array.from({length: deep}, () => 'a').join('.')} = 1`,
      `[${Array.from({length: deep}, () => 'a').join('.')}]`,
      Uint8Array.of(0x61, 0xff, 0xfe),
    ]) {
      expect(refuse(bytes).code).toBe('config_invalid')
    }
    expect(refuse('scheme = "A"\nscheme = = 1\n').data).toMatchObject({file: '.rch/xcode.toml', line: 2})
    expect(refuse('scheme = "A"\nscheme = "B"\n').data).toMatchObject({line: 2})
  })
})

describe('what is in the schema and wrong', () => {
  const WRONG: readonly unknown[] = [true, -1, 1.5, 1e300, '', '\u0007', [], [1], {}, {x: 1}, 'no such value']

  test.each(PROFILE_KEYS.map((row) => [row.path, row] as const))('%s refuses wrong types with its own place', (path, row) => {
    for (const value of WRONG) {
      const outcome = attempt(`[profiles.x]\n${path} = ${toToml(value)}\n`)
      if (outcome === null) continue
      expect(['config_invalid', 'env_globs_disallowed']).toContain(outcome.code)
      expect(outcome.data['line']).toBe(2)
    }
    expect(attempt(`[profiles.x]\n${path} = 2020-01-01\n`)?.code).toBe('config_invalid')
    expect(row.doc).not.toBe('')
  })

  test.each([
    ['timeout_seconds = 0'],
    ['timeout_seconds = 86401'],
    ['timeout_seconds = "1800"'],
    ['[source]\nmax_bytes = 0'],
    ['[source]\nmax_bytes = "20 gigabytes"'],
    ['[source]\nmax_bytes = -5'],
    ['[limits]\nmax_log_bytes = 0'],
    ['[worker]\nqueue_priority = 11'],
    ['[retry]\nretry_on = ["tests_failed"]'],
    ['[retry]\nretry_on = ["no_such_code"]'],
    ['[env]\nallow = ["DYLD_INSERT_LIBRARIES"]'],
    ['[env]\nallow = ["A B"]'],
    ['[env]\nallow = ["OTHER_LDFLAGS"]'],
    ['[env]\nallow = ["other_swift_flags"]'],
    ['[classifier]\nallow_settings = ["CC"]'],
    ['[classifier]\nallow_settings = ["SYMROOT"]'],
    ['[build_settings]\n"A B" = "x"'],
    ['[build_settings]\nA = 1'],
    ['[xcode]\nrequire_version = "newest"'],
    ['[xcode]\npath = "Xcode.app"'],
    ['[profiles."a b"]\nscheme = "A"'],
    ['extends = 1'],
    ['default_profile = 1'],
    ['schema_version = 2'],
    ['profiles = 1'],
  ])('%s', (text) => {
    const repository = text.startsWith('[') ? MINIMAL + text : `${text}\n${MINIMAL}`
    expect(refusal({repository}).code).toBe('config_invalid')
  })

  test.each([
    ['no container', 'scheme = "A"\n[destination]\nplatform = "macOS"', 'workspace'],
    ['two containers', `workspace = "A.xcworkspace"\n${MINIMAL}`, 'exclude'],
    ['no scheme', 'package = "."\n[destination]\nplatform = "macOS"', 'scheme'],
    ['no destination', 'package = "."\nscheme = "A"', 'destination'],
    ['no platform', 'package = "."\nscheme = "A"\n[destination]\nname = "x"', 'platform'],
    ['two forms of destination', `${MINIMAL}[[destinations]]\nplatform = "macOS"`, 'exclude'],
    ['a path out of the repository', 'workspace = "../A.xcworkspace"\nscheme = "A"\n[destination]\nplatform = "macOS"', 'inside'],
    ['a project that is none', 'project = "App"\nscheme = "A"\n[destination]\nplatform = "macOS"', '.xcodeproj'],
    [
      'a generic destination with a name',
      'action = "build"\npackage = "."\nscheme = "A"\n[destination]\nplatform = "iOS"\ngeneric = true\nname = "x"',
      'generic',
    ],
    ['tests on a generic destination', 'package = "."\nscheme = "A"\n[destination]\nplatform = "iOS"\ngeneric = true', 'tests'],
    ['a device', 'package = "."\nscheme = "A"\n[destination]\nplatform = "iOS"\nname = "My iPhone"', 'Simulator'],
    [
      'two forms of destination in a verify step',
      `${MINIMAL}[[verify]]\naction = "build"\ndestination = { platform = "macOS" }\ndestinations = [{ platform = "macOS" }]`,
      'exclude',
    ],
    [
      'a verify step that tests on a generic destination',
      'action = "build"\npackage = "."\nscheme = "A"\nverify = ["test"]\n[destination]\nplatform = "iOS"\ngeneric = true',
      'tests',
    ],
    ['a verify step without action', `${MINIMAL}[[verify]]\nscheme = "A"`, 'action'],
  ])('a profile with %s', (_, repository, word) => {
    const error = refusal({repository})
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(word)
  })

  test.each([
    ['floating_destination_disallowed', 'os = "latest"', 'allow_floating_destination'],
    ['core_ids_required', 'require_core_ids = true', 'device_type_id'],
  ])('a destination has a code of its own: %s', (code, line, word) => {
    const error = refusal({repository: `package = "."\nscheme = "A"\n[destination]\nplatform = "iOS Simulator"\n${line}`})
    expect(error).toMatchObject({code, data: {file: '.rch/xcode.toml'}})
    expect(error.message).toContain(word)
  })

  test('globs in env.allow have a code of their own', () => {
    expect(refusal({repository: `${MINIMAL}[env]\nallow = ["CI", "APP_*"]`})).toMatchObject({
      code: 'env_globs_disallowed',
      data: {names: ['APP_*'], line: 7},
    })
    expect(refusal({host: '[allow]\nenv = ["*"]'}).code).toBe('env_globs_disallowed')
  })

  test.each([
    [{set: ['nonsense=1']}],
    [{set: ['cache.mode']}],
    [{set: ['cache.mod=off']}],
    [{set: ['cache.mode=maybe']}],
    [{set: ['timeout_seconds=soon']}],
    [{set: ['env.strict=yes']}],
    [{timeout: 0}],
    [{action: 'archive'}],
    [{scheme: '-x'}],
    [{destination: ['id=123']}],
    [{destination: ['name=iPhone 16']}],
    [{destination: ['platform=Toaster']}],
    [{destination: ['nonsense']}],
    [{stager: 'ftp'}],
  ])('flags: %j', (flags) => {
    expect(refusal({flags}).code).toBe('config_invalid')
  })

  test('whatever a file holds, the answer is a profile or a coded error', () => {
    const word = fc.constantFrom(
      'profiles',
      'x',
      'cache',
      'mode',
      'extends',
      'workspace',
      'destination',
      'verify',
      'env',
      'allow',
      'a.b',
      '"q r"',
    )
    const value = fc.constantFrom(
      '1',
      '"off"',
      '[]',
      '["a"]',
      '{ a = 1 }',
      '[{ action = "test" }]',
      'true',
      '1.5',
      '1979-05-27',
      '"""\nx"""',
      'inf',
    )
    const line = fc.oneof(
      fc.tuple(word, value).map(([key, given]) => `${key} = ${given}`),
      fc.array(word, {minLength: 1, maxLength: 3}).map((words) => `[${words.join('.')}]`),
      fc.array(word, {minLength: 1, maxLength: 3}).map((words) => `[[${words.join('.')}]]`),
    )
    fc.assert(
      fc.property(fc.array(line, {maxLength: 12}), (lines) => {
        for (const given of [{repository: lines.join('\n')}, {host: lines.join('\n')}]) {
          try {
            load(given)
          } catch (error) {
            expect(isRchError(error) && error.code !== 'internal_error').toBe(true)
          }
        }
      }),
      {numRuns: 1500},
    )
  })
})

describe('workers.toml', () => {
  const read = (text: string) => loadWorkers(file('/home/me/.config/rch/workers.toml', text), '/home/me')

  test('both spellings of the list and of its keys', () => {
    const [worker] = read(
      'schema_version = 1\n[[worker]]\nname = "mini"\nhost = "mini.local"\nssh_user = "rch"\nssh_port = 2222\nssh_key_path = "~/.ssh/k"\n',
    )
    expect(worker).toMatchObject({
      name: 'mini',
      user: 'rch',
      port: 2222,
      run_key: '/home/me/.ssh/k',
      stage_key: null,
      transport: 'ssh',
      tags: ['macos', 'xcode'],
      priority: 0,
      accept_first_key: false,
      probe_cache_ttl_seconds: null,
    })
    const pins = read(
      `[[workers]]\nname = "a"\nhost = "h"\nknown_host_fingerprint = "SHA256:${'a'.repeat(43)}"\nattestation_pubkey_fingerprint = "SHA256:${'b'.repeat(43)}"\n[[workers]]\nname = "b"\ntransport = "local"\nworker_config = "~/w.toml"\n`,
    )
    expect(pins).toMatchObject([
      {host_key_fingerprint: `SHA256:${'a'.repeat(43)}`, attestation_key_fingerprint: `SHA256:${'b'.repeat(43)}`},
      {transport: 'local', host: null, worker_config: '/home/me/w.toml'},
    ])
    expect(loadWorkers(null, '/home/me')).toEqual([])
  })

  test.each([
    ['a worker without a name', '[[workers]]\nhost = "h"'],
    ['a name twice', '[[workers]]\nname = "a"\nhost = "h"\n[[workers]]\nname = "a"\nhost = "i"'],
    ['a name that leads to another folder', '[[workers]]\nname = "../a"\nhost = "h"'],
    ['a name that is a folder', '[[workers]]\nname = ".."\nhost = "h"'],
    ['no host', '[[workers]]\nname = "a"'],
    ['a host that reads as an option', '[[workers]]\nname = "a"\nhost = "-oProxyCommand=x"'],
    ['a fingerprint that is none', '[[workers]]\nname = "a"\nhost = "h"\nhost_key_fingerprint = "MD5:aa"'],
    ['an unknown key', '[[workers]]\nname = "a"\nhost = "h"\nhostname = "i"'],
    ['both spellings of one key', '[[workers]]\nname = "a"\nhost = "h"\nuser = "x"\nssh_user = "y"'],
    ['a table for the list', '[workers]\nname = "a"'],
  ])('%s', (_, text) => {
    expect(refusalOf(() => read(text)).code).toBe('config_invalid')
  })
})

/** What reading the file alone says, before anything is merged; `null` = it is fine. */
function attempt(text: string): RchError | null {
  const repository = file('.rch/xcode.toml', text)
  try {
    withPlaces([repository], () => readRepositoryFile(repository))
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  return null
}

function toToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toToml).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key} = ${toToml(inner)}`)
      .join(', ')} }`
  return typeof value === 'number' && value > 1e15 ? '1e300' : JSON.stringify(value)
}
