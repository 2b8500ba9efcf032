import {DOMAINS, sha256} from './hash.ts'

/**
 * The one name of a repository's remote: host in lower case, then the path. Scheme, user, password, port, a trailing
 * `.git` and `/` are dropped; `git@host:org/repo.git` and `https://host:443/org/repo/` are the same. A path of the local
 * file system stays a path. Applying it twice changes nothing.
 */
export function normaliseOrigin(url: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/]*)(.*)$/s.exec(url)
  if (scheme !== null) return join(hostOf(scheme[1]!), scheme[2]!)
  // git's rule: a colon before the first slash makes it `[user@]host:path`; a bracketed host may hold colons itself.
  const scp = /^((?:[^/:]*@)?(?:\[[^/\]]*\]|[^/:[]+)):(.*)$/s.exec(url)
  if (scp !== null) return join(hostOf(scp[1]!), scp[2]!)
  return trimEnd(url)
}

/** `repos/<repo_key>/`: first 32 hex of the origin's digest, or of the real path of the root where there is no origin. */
export function repoKey(originOrRoot: {readonly origin: string | null; readonly root: string}): string {
  return sha256(originOrRoot.origin ?? originOrRoot.root).slice(0, 32)
}

export interface CacheScope {
  readonly trust_domain: 'shared' | 'per_repo' | 'per_profile' | 'per_repo_and_posture'
  readonly posture: 'trusted' | 'untrusted'
  /** Normalised origin, or `localOrigin` of a repository without a remote. */
  readonly origin: string
  readonly profile: string
  /** `cache.namespace` as configured by the host. */
  readonly namespace: string | null
}

export const CACHE_NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** Who shares warm slots and caches: `ns_` and 40 hex. A configured name stands in for origin and profile. */
export function cacheNamespace(scope: CacheScope): string {
  if (scope.namespace !== null && !CACHE_NAMESPACE.test(scope.namespace)) {
    throw new TypeError(`cache.namespace: ${JSON.stringify(scope.namespace)} does not match ${CACHE_NAMESPACE.source}`)
  }
  const origin = scope.namespace ?? (scope.trust_domain === 'shared' ? '' : scope.origin)
  const profile = scope.namespace === null && scope.trust_domain === 'per_profile' ? scope.profile : ''
  return `ns_${sha256(DOMAINS.cacheNamespace, [scope.trust_domain, scope.posture, origin, profile].join('\n')).slice(0, 40)}`
}

/** Stands for the origin of a repository that has no remote. */
export function localOrigin(hostId: string, realRoot: string): string {
  return `local:${hostId}:${realRoot}`
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[[^\]]*\]/.exec(host)
  return (bracketed?.[0] ?? host.replace(/:.*$/s, '')).toLowerCase()
}

function join(host: string, path: string): string {
  return trimEnd(`${host}/${path.replace(/^\/+/, '')}`)
}

function trimEnd(path: string): string {
  let end = path
  for (let next = cut(end); next !== end; next = cut(end)) end = next
  return end
}

function cut(path: string): string {
  if (path.length > 1 && path.endsWith('/')) return path.slice(0, -1)
  return path.length > 4 && path.endsWith('.git') ? path.slice(0, -4) : path
}
