import type {DestinationConfig} from '@rch/contract'
import type {DestinationRequest} from '@rch/contract/kinds/xcodebuild'

/** What a command names; a platform that is absent is open. */
export interface NamedDestination extends Omit<DestinationRequest, 'platform'> {
  readonly platform: string | null
}

const PLATFORMS = [
  'macOS',
  'iOS',
  'iOS Simulator',
  'tvOS',
  'tvOS Simulator',
  'watchOS',
  'watchOS Simulator',
  'visionOS',
  'visionOS Simulator',
]
/** As xcodebuild reads them, whatever the case; `OS X` and `xrOS` are old names. */
const PLATFORM_NAMES: ReadonlyMap<string, string> = new Map([
  ...PLATFORMS.map((name) => [name.toLowerCase(), name] as const),
  ['os x', 'macOS'],
  ['xros', 'visionOS'],
  ['xros simulator', 'visionOS Simulator'],
])

const KEYS: Readonly<Record<string, 'platform' | 'name' | 'os' | 'arch' | 'variant'>> = {
  platform: 'platform',
  name: 'name',
  OS: 'os',
  arch: 'arch',
  variant: 'variant',
}
const VALUE = /^[\p{L}\p{N} ._()’'-]+$/u

/** Reads `[generic/]key=value,…`. `id` when it names a device by its identifier, `null` when it is no destination. */
export function readDestination(text: string): NamedDestination | 'id' | null {
  const generic = text.startsWith('generic/')
  const found: {platform: string | null; name: string | null; os: string | null; arch: string | null; variant: string | null} = {
    platform: null,
    name: null,
    os: null,
    arch: null,
    variant: null,
  }
  let id = false
  for (const pair of (generic ? text.slice('generic/'.length) : text).split(',')) {
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (equals === -1) return null
    if (key === 'id') {
      id = true
      continue
    }
    const field = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    if (field === undefined || found[field] !== null || !VALUE.test(value)) return null
    found[field] = value
  }
  if (id) return 'id'
  if (found.platform !== null) {
    const platform = PLATFORM_NAMES.get(found.platform.toLowerCase())
    if (platform === undefined) return null
    found.platform = platform
  }
  return withImpliedPlatform({generic, ...found})
}

/** `name=Any iOS Device` is how Xcode shows the destination that `generic/platform=iOS` means; both are read as the latter. */
function withImpliedPlatform(named: NamedDestination): NamedDestination {
  const shown = named.os === null ? /^Any (.+)$/.exec(named.name ?? '')?.[1] : undefined
  const implied = shown === undefined ? undefined : SHOWN_PLATFORMS.get(shown)
  if (implied === undefined || (named.platform !== null && named.platform !== implied)) return named
  return {...named, platform: implied, generic: true, name: null}
}

const SHOWN_PLATFORMS: ReadonlyMap<string, string> = new Map(PLATFORMS.map((name) => [name === 'macOS' ? 'Mac' : `${name} Device`, name]))

/**
 * The profile's destination that a command means: equal in everything it names, with a missing platform or OS filled in when that
 * leaves one. `null` when there is none, or more than one.
 */
export function matchDestination(named: NamedDestination, allowed: readonly DestinationRequest[]): DestinationRequest | null {
  const matches = allowed.filter(
    (one) =>
      one.generic === named.generic &&
      one.name === named.name &&
      one.arch === named.arch &&
      one.variant === named.variant &&
      (named.platform === null || named.platform === one.platform) &&
      (named.os === null || named.os === one.os || (named.os === 'latest' && one.os === null)),
  )
  const exact = matches.filter((one) => one.os === named.os && one.platform === named.platform)
  if (exact.length === 1) return exact[0] ?? null
  return matches.length === 1 ? (matches[0] ?? null) : null
}

/** The profile's destinations as requests, each once. */
export function requestsOf(destinations: readonly DestinationConfig[]): readonly DestinationRequest[] {
  const seen = new Set<string>()
  const requests: DestinationRequest[] = []
  for (const {platform, generic, name, os, arch, variant} of destinations) {
    const request: DestinationRequest = {platform, generic, name, os, arch, variant}
    const text = writeDestination(request)
    if (seen.has(text)) continue
    seen.add(text)
    requests.push(request)
  }
  return requests
}

/** The one spelling of a destination: generic, platform, arch, variant, name, OS. */
export function writeDestination(destination: NamedDestination): string {
  const pairs = [
    ['platform', destination.platform],
    ['arch', destination.arch],
    ['variant', destination.variant],
    ['name', destination.name],
    ['OS', destination.os],
  ] as const
  const text = pairs.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`])).join(',')
  return destination.generic ? `generic/${text}` : text
}
