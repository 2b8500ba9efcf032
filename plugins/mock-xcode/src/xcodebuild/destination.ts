import {macosVersion} from '../mock-version.ts'
import type {Container, Target} from '../project/model.ts'
import {deviceTypes, runtimes} from '../simctl/catalogue.ts'
import {type Device, readDevices} from '../simctl/device-set.ts'
import type {ToolContext} from '../tool/tool-context.ts'

export interface Destination {
  /** `iOS Simulator`, `macOS`, `iOS`. */
  readonly platform: string
  readonly id: string
  readonly os: string
  readonly osBuild: string
  readonly name: string
  readonly model: string
  readonly arch: string
  readonly generic: boolean
  /** `iphonesimulator`, `macosx`. */
  readonly sdk: string
}

export interface DestinationFault {
  readonly message: string
}

const macId = '00006099-000MOCK000000001'

const platforms: Readonly<Record<string, string>> = {
  macOS: 'macosx',
  iOS: 'iphoneos',
  'iOS Simulator': 'iphonesimulator',
  tvOS: 'appletvos',
  'tvOS Simulator': 'appletvsimulator',
  watchOS: 'watchos',
  'watchOS Simulator': 'watchsimulator',
  visionOS: 'xros',
  'visionOS Simulator': 'xrsimulator',
}
const simulatorPlatforms: Readonly<Record<string, string>> = {
  iOS: 'iOS Simulator',
  tvOS: 'tvOS Simulator',
  watchOS: 'watchOS Simulator',
  xrOS: 'visionOS Simulator',
}

/** Every concrete destination that fits the targets, the Mac first, then simulators as they are listed. */
export function availableDestinations(
  context: Pick<ToolContext, 'env'>,
  targets: readonly Target[],
  configuration: string,
): readonly Destination[] {
  const supported = supportedSdks(targets, configuration)
  const mac: Destination = {
    platform: 'macOS',
    id: macId,
    os: macosVersion,
    osBuild: '25F70mock',
    name: 'My Mac',
    model: 'Mac16,1',
    arch: 'arm64',
    generic: false,
    sdk: 'macosx',
  }
  const simulators = readDevices(context).flatMap((device) => fromDevice(device) ?? [])
  return [mac, ...simulators].filter(({sdk}) => supported === undefined || supported.has(sdk))
}

/**
 * The destinations that `specifiers` name; without any, one that fits. The fault's message is what xcodebuild prints before it leaves
 * with 70.
 */
export function chooseDestinations(
  specifiers: readonly string[],
  available: readonly Destination[],
  scheme: string,
  container: Container,
): readonly Destination[] | DestinationFault {
  if (specifiers.length === 0) {
    const chosen =
      available.find(({platform}) => platform === 'macOS') ??
      available.findLast(({platform}) => platform === 'iOS Simulator') ??
      available[0]
    return chosen === undefined ? missing({}, available, scheme, container) : [chosen]
  }
  const chosen: Destination[] = []
  for (const specifier of specifiers) {
    const keys = readSpecifier(specifier)
    const found = keys['generic/platform'] === undefined ? match(keys, available) : generic(keys['generic/platform'])
    if (found === undefined) return missing(keys, available, scheme, container)
    chosen.push(found)
  }
  return chosen
}

export function describeDestination({platform, arch, id, os, name}: Destination): string {
  return platform === 'macOS'
    ? `{ platform:macOS, arch:${arch}, id:${id}, name:${name} }`
    : `{ platform:${platform}, arch:${arch}, id:${id}, OS:${os}, name:${name} }`
}

export function genericDestination(sdk: string): Destination {
  const platform = Object.entries(platforms).find(([, candidate]) => candidate === sdk)?.[0] ?? 'macOS'
  return {
    platform,
    id: `dvtdevice-DVTiPhonePlaceholder-${sdk}:placeholder`,
    os: '',
    osBuild: '',
    name: `Any ${platform} Device`,
    model: '',
    arch: 'arm64',
    generic: true,
    sdk,
  }
}

function readSpecifier(specifier: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    specifier.split(/,(?=[A-Za-z/]+=)/).map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? [part.trim(), ''] : [part.slice(0, equals).trim(), part.slice(equals + 1)]
    }),
  )
}

function match(keys: Readonly<Record<string, string>>, available: readonly Destination[]): Destination | undefined {
  const fitting = available.filter(
    (candidate) =>
      (keys['platform'] === undefined || candidate.platform === keys['platform']) &&
      (keys['id'] === undefined || candidate.id === keys['id']) &&
      (keys['name'] === undefined || candidate.name === keys['name'] || (keys['name'] === 'Any Mac' && candidate.platform === 'macOS')) &&
      (keys['arch'] === undefined || keys['arch'] === candidate.arch || keys['arch'] === 'x86_64') &&
      (keys['OS'] === undefined || keys['OS'] === 'latest' || candidate.os === keys['OS']),
  )
  if (keys['id'] === undefined && keys['name'] === undefined && keys['platform'] !== 'macOS') return undefined
  return fitting.toSorted((a, b) => b.os.localeCompare(a.os, 'en', {numeric: true}))[0]
}

function generic(platform: string): Destination | undefined {
  const sdk = platforms[platform]
  return sdk === undefined ? undefined : genericDestination(sdk)
}

function missing(
  keys: Readonly<Record<string, string>>,
  available: readonly Destination[],
  scheme: string,
  {name}: Container,
): DestinationFault {
  const asked = Object.entries(keys)
    .map(([key, value]) => `${key}:${value}`)
    .join(', ')
  const list = available.map((destination) => `\t\t${describeDestination(destination)}`).join('\n')
  const listed = available.length === 0 ? '' : `\n\n\tAvailable destinations for the "${scheme || name}" scheme:\n${list}`
  return {message: `Unable to find a device matching the provided destination specifier:\n\t\t{ ${asked} }${listed}`}
}

function fromDevice(device: Device): Destination | undefined {
  const runtime = runtimes.find(({identifier}) => identifier === device.runtime)
  const type = deviceTypes.find(({identifier}) => identifier === device.deviceType)
  const platform = simulatorPlatforms[runtime?.platform ?? '']
  if (runtime === undefined || platform === undefined) return undefined
  return {
    platform,
    id: device.udid,
    os: runtime.version,
    osBuild: runtime.build,
    name: device.name,
    model: type?.name ?? device.name,
    arch: 'arm64',
    generic: false,
    sdk: platforms[platform] ?? '',
  }
}

/** Undefined: anything (a Swift package, or settings that say nothing). */
function supportedSdks(targets: readonly Target[], configuration: string): ReadonlySet<string> | undefined {
  const named = targets.flatMap((target) => {
    const settings = target.settings(configuration)
    const sdks = settings['SUPPORTED_PLATFORMS']?.split(/\s+/) ?? [settings['SDKROOT'] ?? 'auto']
    return sdks.map((sdk) => sdk.replace(/[\d.]+$/, ''))
  })
  if (named.length === 0 || named.includes('auto') || named.includes('')) return undefined
  const twins: Readonly<Record<string, string>> = {
    iphoneos: 'iphonesimulator',
    appletvos: 'appletvsimulator',
    watchos: 'watchsimulator',
    xros: 'xrsimulator',
  }
  return new Set(named.flatMap((sdk) => [sdk, twins[sdk] ?? sdk]))
}
