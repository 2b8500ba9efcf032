import {describe, expect, test} from 'vitest'
import {load, MINIMAL, refusal, type Given} from './support.ts'

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
