import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isRchError} from '@rch/contract'
import {configHash} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {configInputs} from '../../../src/domain/config/index.ts'
import {PROFILE_KEYS, type ConfigValue, type KeyRow, type StringFormat} from '../../../src/domain/config/keys.ts'
import {mergeLayers, type Layer} from '../../../src/domain/config/layer.ts'
import {isLooser, isTexts} from '../../../src/domain/config/strictness.ts'
import {load, MINIMAL, places, refusal, type Given} from './support.ts'

describe('who may set what', () => {
  test.each([
    ['safety.code_signing_allowed', 'true', ''],
    ['safety.allow_mutating', 'true', ''],
    ['redaction.enabled', 'false', ''],
    ['cache.trust_domain', '"shared"', ''],
    ['cache.allow_untrusted_reads', 'true', ''],
    ['trust.posture', '"trusted"', ''],
    ['source.max_bytes', '"65GB"', ''],
    ['artifacts.object_store.encryption', '"none"', ''],
    ['cache.result', '"read"', '[defaults.cache]\nresult = "off"'],
    ['source.symlinks', '"allow_safe"', '[defaults.source]\nsymlinks = "forbid"'],
    ['limits.max_log_bytes', '2000', '[defaults.limits]\nmax_log_bytes = 1000'],
    ['limits.max_log_bytes', '2000', '[defaults.limits]\nmax_log_bytes = 3000\n[enforce.limits]\nmax_log_bytes = 1000'],
    ['network.mode', '"allow_all"', '[enforce.network]\nmode = "allowlist"'],
    ['trust.require_pinned_host_key', 'false', '[defaults.trust]\nrequire_pinned_host_key = true'],
    ['integrity.event_hash_chain', 'false', '[enforce.integrity]\nevent_hash_chain = true'],
    ['artifacts.object_store.bucket', '"mine"', ''],
    ['provenance.key_path', '"/k"', ''],
    ['request_signing_key', '"/k"', ''],
    ['cache.namespace', '"mine"', ''],
    ['retry.max_attempts', '4', ''],
    ['backend.preferred', '"acme"', ''],
  ])('a repository that sets %s = %s is refused, with the place', (key, value, host) => {
    const repository = `[profiles.x]\nextends = "default"\n${key} = ${value}\n`.replace('[profiles.x]', `${MINIMAL}[profiles.x]`)
    const error = refusal({repository, host, profile: 'x'})
    expect(error.code).toBe('config_loosens_policy')
    expect(error.data).toMatchObject({key, file: '.rch/xcode.toml', line: 8})
    const full = '[repos."https://user:pw@GitHub.com/acme/app.git"]\ntrust = "full"\n'
    const isHost = PROFILE_KEYS.find(({path}) => path === key)?.access.class === 'host'
    const trusted: Given = {repository, host: `${full}${host}`, profile: 'x', origin: 'github.com/acme/app'}
    if (isHost) expect(refusal(trusted).code).toBe('config_loosens_policy')
    else load(trusted)
    expect(refusal({...trusted, origin: 'github.com/acme/other'}).code).toBe('config_loosens_policy')
  })

  test('full trust is suspended for an untrusted source: what goes beyond is left out, and said', () => {
    const given: Given = {
      repository: `${MINIMAL}[redaction]\nenabled = false\n[cache]\ntrust_domain = "shared"\n[backend]\npreferred = "acme"\n[limits]\nmax_log_bytes = 5\n`,
      host: '[repos."github.com/acme/app"]\ntrust = "full"\n',
      origin: 'github.com/acme/app',
    }
    expect(load(given).profile).toMatchObject({redaction: {enabled: false}, cache: {trust_domain: 'shared'}, backend: {preferred: 'acme'}})
    const {profile, notes} = load({...given, env: {RCH_POSTURE: 'untrusted'}})
    expect(profile).toMatchObject({
      redaction: {enabled: true},
      cache: {trust_domain: 'per_repo'},
      backend: {preferred: 'xcodebuildmcp'},
      limits: {max_log_bytes: 5},
    })
    expect(notes.map(({key}) => key)).toEqual(['cache.trust_domain', 'backend.preferred', 'redaction.enabled'])
  })

  test('both values and both files stand in the refusal', () => {
    const error = refusal({repository: `${MINIMAL}[limits]\nmax_log_bytes = 2000\n`, host: '[defaults.limits]\nmax_log_bytes = 1000'})
    expect(error.data).toMatchObject({
      key: 'limits.max_log_bytes',
      repository: 2000,
      repository_file: '.rch/xcode.toml',
      host: 1000,
      host_file: '/home/me/.config/rch/config.toml',
    })
    expect(places(error)).toEqual(['.rch/xcode.toml:7 limits.max_log_bytes'])
  })

  test('a repository may be stricter than the host, and up to the built-in bound where the host is silent', () => {
    const {profile} = load({
      repository: `${MINIMAL}[limits]\nmax_log_bytes = 10\n[source]\nmax_bytes = "10GB"\nsymlinks = "forbid"\n[cache]\nresult = "read_write"\n[trust]\nrequire_harness_pins = true\n[safety]\nsimulator_signing = "adhoc"\n[retry]\nmax_attempts = 3`,
      host: '[defaults.limits]\nmax_log_bytes = 100\n[enforce.limits]\nmax_log_bytes = 50\n',
    })
    expect(profile).toMatchObject({
      limits: {max_log_bytes: 10},
      source: {max_bytes: 10_000_000_000, symlinks: 'forbid'},
      cache: {result: 'read_write'},
      trust: {require_harness_pins: true},
      safety: {simulator_signing: 'adhoc'},
      retry: {max_attempts: 3},
    })
  })

  test('lists intersect where they permit and unite where they restrict', () => {
    const {profile} = load({
      repository: `${MINIMAL}[network]\nmode = "allowlist"\nallow = ["a", "b"]\n[redaction]\npatterns = ["r"]\n`,
      host: '[defaults.network]\nallow = ["b", "c"]\n[defaults.redaction]\npatterns = ["h"]\n[enforce.redaction]\npatterns = ["e"]\n',
    })
    expect(profile.network).toEqual({mode: 'allowlist', allow: ['b']})
    expect(profile.redaction.patterns).toEqual(['e', 'h', 'r'])
  })

  test("env.allow is what the host's list grants, and the rest is a note", () => {
    const given = {repository: `${MINIMAL}[env]\nallow = ["CI", "API_URL"]\n`}
    expect(load(given).profile.env.allow).toEqual(['CI'])
    expect(load(given).notes).toMatchObject([{key: 'env.allow'}])
    expect(load({...given, host: '[allow]\nenv = ["API_URL"]'}).profile.env.allow).toEqual(['API_URL'])
    expect(load({...given, flags: {set: ['env.allow=API_URL']}}).profile.env.allow).toEqual(['API_URL'])
  })

  test('a flag may be looser than the defaults and never than what is enforced', () => {
    expect(load({flags: {set: ['safety.code_signing_allowed=true']}}).profile.safety.code_signing_allowed).toBe(true)
    expect(
      load({flags: {set: ['safety.code_signing_allowed=true']}, host: '[enforce.safety]\ncode_signing_allowed = false'}).profile.safety
        .code_signing_allowed,
    ).toBe(false)
  })
})

describe('posture', () => {
  const event = (head: string | null, base = 'acme/app') =>
    JSON.stringify({pull_request: {head: {repo: head === null ? null : {full_name: head}}, base: {repo: {full_name: base}}}})
  const PR = {GITHUB_EVENT_NAME: 'pull_request_target'}

  test.each<[string, Given, 'trusted' | 'untrusted']>([
    ['nothing', {}, 'trusted'],
    ['a push on GitHub', {env: {GITHUB_EVENT_NAME: 'push'}}, 'trusted'],
    ['a branch of the same repository', {env: PR, githubEvent: event('Acme/App')}, 'trusted'],
    ['a fork', {env: PR, githubEvent: event('mallory/app')}, 'untrusted'],
    ['a fork that is gone', {env: PR, githubEvent: event(null)}, 'untrusted'],
    ['an event file that is not there', {env: PR, githubEvent: null}, 'untrusted'],
    ['an event file that is no JSON', {env: PR, githubEvent: '{"pull_request": '}, 'untrusted'],
    ['an event file without repositories', {env: PR, githubEvent: '{"pull_request": {"head": {}, "base": {}}}'}, 'untrusted'],
    ['GitLab, same project', {env: {CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'a/b', CI_MERGE_REQUEST_PROJECT_PATH: 'a/b'}}, 'trusted'],
    ['GitLab, fork', {env: {CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'm/b', CI_MERGE_REQUEST_PROJECT_PATH: 'a/b'}}, 'untrusted'],
    [
      'Buildkite, same',
      {env: {BUILDKITE_PULL_REQUEST_REPO: 'git://github.com/a/b.git', BUILDKITE_REPO: 'git@github.com:a/b.git'}},
      'trusted',
    ],
    [
      'Buildkite, fork',
      {env: {BUILDKITE_PULL_REQUEST_REPO: 'git://github.com/m/b.git', BUILDKITE_REPO: 'git@github.com:a/b.git'}},
      'untrusted',
    ],
    ['CircleCI, fork', {env: {CIRCLE_PR_REPONAME: 'b'}}, 'untrusted'],
    ['Azure, fork', {env: {SYSTEM_PULLREQUEST_ISFORK: 'True'}}, 'untrusted'],
    ['RCH_POSTURE', {env: {RCH_POSTURE: 'untrusted'}}, 'untrusted'],
    ['RCH_POSTURE does not clear a fork', {env: {...PR, RCH_POSTURE: 'trusted'}, githubEvent: event('mallory/app')}, 'untrusted'],
    ["the host's defaults", {host: '[defaults.trust]\nposture = "untrusted"'}, 'untrusted'],
    ['the repository', {repository: `${MINIMAL}[trust]\nposture = "untrusted"`}, 'untrusted'],
    [
      'the repository, whatever the host says',
      {repository: `${MINIMAL}[trust]\nposture = "untrusted"`, host: '[defaults.trust]\nposture = "trusted"'},
      'untrusted',
    ],
    ['a host that trusts outright', {host: '[defaults.trust]\nposture = "trusted"', env: PR, githubEvent: event('m/a')}, 'trusted'],
    ['RCH_POSTURE against that host', {host: '[defaults.trust]\nposture = "trusted"', env: {RCH_POSTURE: 'untrusted'}}, 'untrusted'],
    ['a flag', {flags: {set: ['trust.posture=untrusted']}}, 'untrusted'],
    ['enforce against a flag', {flags: {set: ['trust.posture=trusted']}, host: '[enforce.trust]\nposture = "untrusted"'}, 'untrusted'],
  ])('%s', (_, given, value) => {
    const {posture, profile} = load(given)
    expect(posture.value).toBe(value)
    expect(posture.reason).not.toBe('')
    expect(profile.trust.posture).toBe(value)
  })

  test('RCH_POSTURE takes three words', () => {
    expect(refusal({env: {RCH_POSTURE: 'yes'}}).code).toBe('config_invalid')
  })

  test('what untrusted sets, nothing unsets', () => {
    const loose: Given = {
      repository: `${MINIMAL}[env]\nallow = ["CI", "TOKEN_NAME"]\n`,
      host: `
[allow]
env = ["CI"]
[enforce.safety]
code_signing_allowed = true
allow_mutating = true
simulator_signing = "adhoc"
[enforce.workspace_mode]
mode = "warm"
[enforce.source]
symlinks = "allow_safe"
read_only = false
[enforce.cache]
mode = "read_write"
result = "read_write"
derived_data = "shared"
compilation = "local"
[enforce.simulator]
strategy = "shared_prebooted"
erase_on_start = false
[enforce.redaction]
enabled = false
[repos."github.com/acme/app"]
trust = "full"
`,
      flags: {set: ['env.allow=CI,TOKEN_NAME', 'cache.mode=read_write']},
      origin: 'github.com/acme/app',
    }
    const {profile, keys} = load({...loose, env: {RCH_POSTURE: 'untrusted'}})
    expect(profile).toMatchObject({
      safety: {code_signing_allowed: false, allow_mutating: false, simulator_signing: 'none'},
      workspace_mode: {mode: 'isolated'},
      source: {symlinks: 'forbid', read_only: true},
      cache: {mode: 'off', result: 'off', spm: 'off', compilation: 'off', derived_data: 'per_job'},
      simulator: {strategy: 'per_job', erase_on_start: true, shutdown_on_end: true, device_set: 'shared'},
      redaction: {enabled: true},
      env: {allow: ['CI']},
    })
    expect(keys.get('source.symlinks')?.origin).toMatchObject({layer: 'rule', label: 'untrusted posture'})
    const reading = load({env: {RCH_POSTURE: 'untrusted'}, host: '[defaults.cache]\nallow_untrusted_reads = true\nresult = "read_write"'})
    expect(reading.profile.cache).toMatchObject({mode: 'read_only', result: 'read'})
    expect(load(loose).profile).toMatchObject({safety: {code_signing_allowed: true}, cache: {mode: 'read_write'}})
  })

  test('an untrusted source is never stored unencrypted, and encryption is never guessed', () => {
    const store = (encryption: string) =>
      `[enforce.artifacts]\nstore = "object_store"\n[enforce.artifacts.object_store]\nbucket = "b"\n${encryption}`
    expect(refusal({host: store('')}).code).toBe('object_store_encryption_required')
    expect(load({host: store('encryption = "none"')}).profile.artifacts.object_store['encryption']).toBe('none')
    expect(refusal({host: store('encryption = "none"'), env: {RCH_POSTURE: 'untrusted'}}).code).toBe('object_store_encryption_required')
  })
})

// --- properties over generated files ------------------------------------------------------------------------------

const SAMPLES: Partial<Record<StringFormat, readonly string[]>> = {
  env_name: ['CI', 'A', 'B'],
  error_code: ['worker_unreachable', 'worker_busy'],
  user_path: ['/k'],
  absolute_path: ['/X.app'],
  version_range: ['16.2'],
  version: ['18.2'],
  identifier: ['xcodebuild', 'acme'],
}

/** A value that fits the key, as TOML, or nothing for keys whose tables this generator does not write. */
function valueFor(row: KeyRow): fc.Arbitrary<string> | null {
  const {type} = row
  switch (type.kind) {
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'enum':
      return fc.constantFrom(...type.values.map((value) => JSON.stringify(value)))
    case 'integer':
    case 'bytes':
      return fc.integer({min: type.min, max: Math.min(type.max, 1e15)}).map(String)
    case 'list':
      return fc.subarray([...(SAMPLES[type.format] ?? ['a', 'b', 'C_D'])]).map((chosen) => JSON.stringify(chosen))
    case 'string':
      return fc.constantFrom(...(SAMPLES[type.format] ?? ['a', 'b']).map((value) => JSON.stringify(value)))
    default:
      return null
  }
}

const UNTOUCHED = /^(workspace|project|package|scheme|destination|destinations|verify|workspace_mode\.mode|action)(\.|$)/
const GENERATED = PROFILE_KEYS.filter(({path}) => !UNTOUCHED.test(path)).flatMap((row) => {
  const value = valueFor(row)
  return value === null ? [] : [{row, value}]
})

/** Some keys with fitting values, as lines of dotted keys. */
const someKeys = (size: number): fc.Arbitrary<string> =>
  fc
    .subarray(GENERATED, {maxLength: size})
    .chain((chosen) => fc.tuple(...chosen.map(({row, value}) => value.map((text) => `${row.path} = ${text}`))))
    .map((lines) => lines.join('\n'))

const hostFile = fc
  .record({
    defaults: someKeys(8),
    enforce: someKeys(5),
    allow: fc.constantFrom('', '[allow]\nenv = ["A", "CI"]\nbackends = ["acme", "xcodebuild"]'),
  })
  .map(({defaults, enforce, allow}) => `[defaults]\n${defaults}\n[enforce]\n${enforce}\n${allow}`)

const repositoryFile = someKeys(5).map((keys) => `${keys}\n${MINIMAL}`)

function tryLoad(given: Given) {
  try {
    return load(given)
  } catch (error) {
    if (isRchError(error) && error.code !== 'internal_error') return null
    throw error
  }
}

/** Where the effective value with the repository's file is looser than it may be. */
function looser(row: KeyRow, value: ConfigValue | null, without: ConfigValue | null, named: boolean): boolean {
  if (row.access.class !== 'tighten') return false
  const {order, bound} = row.access
  if (isTexts(value)) {
    if (order.by === 'restricts') return isTexts(without) && without.some((item) => !value.includes(item))
    return named && isTexts(without) && value.some((item) => !without.includes(item))
  }
  // A host that named no value bounds a repository by the schema's bound, which the default may be stricter than.
  const limit = named || bound === null ? without : bound
  if (value === null) return order.by === 'at_most' && limit !== null
  return limit !== null && isLooser(order, value, limit) && isLooser(order, value, without ?? limit)
}

test('no repository file makes any key looser than the host has it', () => {
  let compared = 0
  fc.assert(
    fc.property(hostFile, repositoryFile, fc.constantFrom('trusted', 'untrusted'), (host, repository, posture) => {
      const env = {RCH_POSTURE: posture}
      const without = tryLoad({host, env})
      const withFile = tryLoad({host, repository, env})
      if (without === null || withFile === null) return
      compared += 1
      for (const row of PROFILE_KEYS) {
        if (row.path === 'trust.posture') continue
        const named = without.keys.get(row.path)?.origin.layer !== 'defaults'
        const value = withFile.keys.get(row.path)?.value ?? null
        const before = without.keys.get(row.path)?.value ?? null
        expect(
          looser(row, value, before, named),
          `${row.path}: ${JSON.stringify(value)} where the host has ${JSON.stringify(before)}`,
        ).toBe(false)
        if (row.access.class === 'host' && row.access.above === undefined) expect(value).toEqual(before)
      }
      if (without.posture.value === 'untrusted') expect(withFile.posture.value).toBe('untrusted')
      const grants = without.host.allow.env
      const own = without.profile.env.allow
      expect(withFile.profile.env.allow.filter((name) => !grants.includes(name) && !own.includes(name))).toEqual([])
    }),
    {numRuns: 400},
  )
  expect(compared).toBeGreaterThan(40)
})

test('merging layers is associative and loses nothing', () => {
  const layer: fc.Arbitrary<Layer> = fc
    .array(
      fc.tuple(fc.constantFrom('a', 'b.c', 'destinations', 'destination.os'), fc.integer({min: 0, max: 3}), fc.integer({min: 0, max: 5})),
      {maxLength: 6},
    )
    .map(
      (entries) =>
        new Map(entries.map(([path, value, rank]) => [path, [{value, rank, origin: {layer: 'repository', label: null, place: null}}]])),
    )
  fc.assert(
    fc.property(layer, layer, layer, (a, b, c) => {
      const left = mergeLayers(mergeLayers(a, b), c)
      expect(left).toEqual(mergeLayers(a, mergeLayers(b, c)))
      expect(left).toEqual(mergeLayers(a, b, c))
      expect([...left.values()].flat()).toHaveLength([a, b, c].flatMap((one) => [...one.values()].flat()).length)
    }),
  )
})

test('the same files and flags give the same bytes, however their keys are ordered', () => {
  fc.assert(
    fc.property(hostFile, someKeys(5), fc.infiniteStream(fc.nat()), (host, keys, seed) => {
      const first = tryLoad({host, repository: `${keys}\n${MINIMAL}`})
      const lines = keys.split('\n')
      const shuffled = lines.map((line) => [seed.next().value ?? 0, line] as const).toSorted((a, b) => a[0] - b[0])
      const second = tryLoad({host, repository: `${shuffled.map(([, line]) => line).join('\n')}\n${MINIMAL}`})
      expect(second === null).toBe(first === null)
      if (first === null || second === null) return
      const inputs = configInputs(first.profile)
      expect(canonicalJson(configInputs(second.profile))).toBe(canonicalJson(inputs))
      expect(configHash(configInputs(second.profile))).toBe(configHash(inputs))
    }),
    {numRuns: 200},
  )
})

test('duplicates and order of set-like lists reach no hash', () => {
  const hash = (list: string) => configHash(configInputs(load({repository: `${MINIMAL}[source]\nexcludes = ${list}\n`}).profile))
  expect(hash('["b", "a", "b"]')).toBe(hash('["a", "b"]'))
  expect(hash('["a"]')).not.toBe(hash('["a", "b"]'))
})

test('exactly the hashed tables are inputs', () => {
  const names = Object.entries(configInputs(load({}).profile)).flatMap(([table, value]) =>
    typeof value === 'object' ? Object.keys(value).map((key) => `${table}.${key}`) : [`trust.${table}`],
  )
  const tables = /^(backend|safety|determinism|cache|env|redaction|network|simulator|source|trust)\./
  const hashed = PROFILE_KEYS.filter(({path, hashed: yes}) => yes && tables.test(path)).map(({path}) => path)
  expect(names.toSorted()).toEqual(hashed.toSorted())
})
