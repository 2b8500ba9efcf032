import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {cacheNamespace, localOrigin, normaliseOrigin, repoKey, type CacheScope} from '@rch/contract/identity'

describe('normaliseOrigin', () => {
  it.each([
    ['https://github.com/Org/App.git', 'github.com/Org/App'],
    ['https://user:p%40ss@GitHub.com:443/Org/App/', 'github.com/Org/App'],
    ['https://us@er:pw@host/x', 'host/x'],
    ['git@github.com:Org/App.git', 'github.com/Org/App'],
    ['github.com:Org/App', 'github.com/Org/App'],
    ['ssh://git@github.com:22/Org/App.git/', 'github.com/Org/App'],
    ['git+ssh://git@host/a/b', 'host/a/b'],
    ['host:/srv/git/app.git', 'host/srv/git/app'],
    ['ssh://host/srv/git/app', 'host/srv/git/app'],
    ['host:~me/app.git', 'host/~me/app'],
    ['ssh://[FE80::1]:2222/app.git', '[fe80::1]/app'],
    ['git@[fe80::1]:app.git', '[fe80::1]/app'],
    ['file:///srv/git/app.git', '/srv/git/app'],
    ['/srv/git/App.git/', '/srv/git/App'],
    ['../App.git', '../App'],
    ['./a:b', './a:b'],
    ['/', '/'],
  ])('%s is %s', (url, expected) => {
    expect(normaliseOrigin(url)).toBe(expected)
  })

  const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,12}$/).filter((text) => !text.endsWith('.git'))
  const path = fc.array(word, {minLength: 1, maxLength: 4}).map((words) => words.join('/'))

  it('gives one name to every spelling of a remote', () => {
    const spelling = fc.constantFrom<(host: string, path: string) => string>(
      (host, path) => `https://${host}/${path}`,
      (host, path) => `https://token:x@${host}:8443/${path}.git`,
      (host, path) => `ssh://git@${host}:22/${path}.git/`,
      (host, path) => `git@${host}:${path}`,
      (host, path) => `${host}:${path}.git`,
      (host, path) => `${host.toUpperCase()}:/${path}/`,
    )
    fc.assert(
      fc.property(word, path, spelling, spelling, (host, path, one, other) => {
        expect(normaliseOrigin(one(host, path))).toBe(normaliseOrigin(other(host, path)))
        expect(normaliseOrigin(one(host, path))).toBe(`${host.toLowerCase()}/${path}`)
      }),
    )
  })

  it('changes nothing the second time, and carries no password', () => {
    const text = fc.oneof(fc.webUrl(), fc.string({unit: fc.constantFrom(...'aB:/@[].~ git'.split(''))}), fc.string())
    fc.assert(
      fc.property(text, (url) => {
        expect(normaliseOrigin(normaliseOrigin(url))).toBe(normaliseOrigin(url))
      }),
      {numRuns: 2000},
    )
    expect(normaliseOrigin('https://user:secret@host/x')).not.toContain('secret')
  })
})

describe('cacheNamespace', () => {
  const scope: CacheScope = {trust_domain: 'per_repo', posture: 'trusted', origin: 'host/a', profile: 'ci', namespace: null}

  it('separates what must not share and joins what may', () => {
    expect(cacheNamespace(scope)).toMatch(/^ns_[0-9a-f]{40}$/)
    expect(cacheNamespace({...scope, profile: 'other'})).toBe(cacheNamespace(scope))
    for (const different of [{origin: 'host/b'}, {posture: 'untrusted'}, {trust_domain: 'per_profile'}, {namespace: 'mine'}] as const) {
      expect(cacheNamespace({...scope, ...different})).not.toBe(cacheNamespace(scope))
    }
    const perProfile = {...scope, trust_domain: 'per_profile'} as const
    expect(cacheNamespace({...perProfile, profile: 'other'})).not.toBe(cacheNamespace(perProfile))
    const shared = {...scope, trust_domain: 'shared'} as const
    expect(cacheNamespace({...shared, origin: 'host/b'})).toBe(cacheNamespace(shared))
    const named = {...scope, namespace: 'mine'}
    expect(cacheNamespace({...named, origin: 'host/b', profile: 'x'})).toBe(cacheNamespace(named))
  })

  it('refuses a name that could leave its directory', () => {
    expect(() => cacheNamespace({...scope, namespace: '../x'})).toThrow(TypeError)
  })
})

describe('repoKey', () => {
  it('follows the origin, else the root', () => {
    expect(repoKey({origin: 'host/a', root: '/x'})).toBe(repoKey({origin: 'host/a', root: '/y'}))
    expect(repoKey({origin: null, root: '/x'})).not.toBe(repoKey({origin: null, root: '/y'}))
    expect(repoKey({origin: null, root: '/x'})).toMatch(/^[0-9a-f]{32}$/)
    expect(localOrigin('h', '/x')).toBe('local:h:/x')
  })
})
