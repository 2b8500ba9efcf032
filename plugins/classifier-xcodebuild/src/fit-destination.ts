import type {DestinationConfig} from '@rch/contract'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import {readDestination} from './destinations.ts'

/** The profile's destination for one that a command names beside an SDK; `null` when no profile may hold it. */
export function deriveDestination(value: string, sdk: string | null): DestinationConfig | null {
  const named = readDestination(value)
  if (named === null || named === 'id') return null
  const platform = named.platform ?? (named.name === null ? platformOfSdk(sdk) : impliedPlatform(named.name))
  // Devices are only built for, and never by name.
  if (platform === null || (!named.generic && DEVICES.has(platform)) || (named.generic && (named.name ?? named.os) !== null)) return null
  if (named.os !== null && named.os !== 'latest' && !/^\d{1,4}(?:\.\d{1,4}){0,3}$/.test(named.os)) return null
  if ((named.arch !== null && !ARCHITECTURES.has(named.arch)) || (named.variant !== null && platform !== 'macOS')) return null
  return {...UNPINNED, ...named, platform, os: named.os === 'latest' ? null : named.os}
}

/** What xcodebuild picks for an SDK when no destination is named; the Mac itself without one. */
export function impliedDestination(sdk: string | null, actions: readonly Action[]): DestinationConfig | null {
  const platform = platformOfSdk(sdk)
  if (platform === null) return null
  const tests = actions.some((action) => action === 'test' || action === 'test-without-building')
  if (tests && DEVICES.has(platform)) return null
  return {...UNPINNED, platform, generic: !tests && platform !== 'macOS'}
}

/** The platform that an SDK builds for; the Mac without one. */
function platformOfSdk(sdk: string | null): string | null {
  const family = /^[a-z]+/.exec(sdk ?? 'macosx')?.[0] ?? ''
  return Object.hasOwn(SDK_PLATFORMS, family) ? (SDK_PLATFORMS[family] ?? null) : null
}

const DEVICES: ReadonlySet<string> = new Set(['iOS', 'tvOS', 'watchOS', 'visionOS'])
const ARCHITECTURES: ReadonlySet<string> = new Set(['arm64', 'x86_64'])
const SDK_PLATFORMS: Readonly<Record<string, string>> = {
  macosx: 'macOS',
  iphoneos: 'iOS',
  iphonesimulator: 'iOS Simulator',
  appletvos: 'tvOS',
  appletvsimulator: 'tvOS Simulator',
  watchos: 'watchOS',
  watchsimulator: 'watchOS Simulator',
  xros: 'visionOS',
  xrsimulator: 'visionOS Simulator',
}

const UNPINNED: Omit<DestinationConfig, 'platform'> = {
  generic: false,
  name: null,
  os: null,
  arch: null,
  variant: null,
  device_type_id: null,
  runtime_id: null,
  udid: null,
  require_core_ids: false,
  on_multiple: 'error',
  selector: 'highest_udid',
  provisioning: 'existing',
}

/** The platform that a device's name implies, when a destination does not say. */
function impliedPlatform(name: string | null): string | null {
  if (name === null) return null
  if (/^i(?:Phone|Pad|Pod)/.test(name)) return 'iOS Simulator'
  if (name === 'My Mac') return 'macOS'
  if (name.startsWith('Apple TV')) return 'tvOS Simulator'
  if (name.startsWith('Apple Watch')) return 'watchOS Simulator'
  if (name.startsWith('Apple Vision')) return 'visionOS Simulator'
  return null
}
