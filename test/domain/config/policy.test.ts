import {describe, expect, test} from 'vitest'
import {PROFILE_KEYS} from '../../../src/domain/config/keys.ts'
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
