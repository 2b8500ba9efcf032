import {DOMAINS, sha256} from './hash.ts'

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
