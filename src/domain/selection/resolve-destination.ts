import {RchError} from '@rch/contract'
import type {DestinationConfig} from '@rch/contract'
import type {DestinationRequest, ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {compareVersions} from './version.ts'

export interface RuntimeOffer {
  readonly identifier: string
  readonly version: string
  readonly build: string
  readonly platform: string
  readonly name: string
}

export interface DeviceTypeOffer {
  readonly identifier: string
  readonly name: string
}

export interface DestinationOffers {
  readonly runtimes: readonly RuntimeOffer[]
  readonly device_types: readonly DeviceTypeOffer[]
}

/**
 * A destination made concrete: ids first, then name and OS. Simulators get a runtime and a device type; `latest` becomes the
 * highest version when it may float. Throws `runtime_not_found`, `destination_not_found`, `floating_destination_disallowed`
 * or `core_ids_required`. Which device carries it is decided on the worker, at run time.
 */
export function resolveDestination(
  request: DestinationRequest,
  config: Pick<DestinationConfig, 'device_type_id' | 'runtime_id' | 'require_core_ids' | 'provisioning'> | null,
  offers: DestinationOffers,
  allowFloating: boolean,
): ResolvedDestination {
  const base = {
    platform: request.platform,
    generic: request.generic,
    variant: request.variant,
    arch: request.arch,
    provisioning: config?.provisioning ?? 'existing',
  } as const
  const none = {sim_runtime_identifier: null, sim_runtime_build: null, device_type_identifier: null}
  if (request.generic || !request.platform.endsWith(' Simulator')) return {...base, ...none, name: request.name, os_version: request.os}
  if (config?.require_core_ids === true && (config.device_type_id === null || config.runtime_id === null))
    throw new RchError('core_ids_required')
  const runtime = chooseRuntime(request, config?.runtime_id ?? null, offers.runtimes, allowFloating)
  const device = chooseDeviceType(request, config?.device_type_id ?? null, offers.device_types)
  return {
    ...base,
    name: request.name ?? device?.name ?? null,
    os_version: runtime.version,
    sim_runtime_identifier: runtime.identifier,
    sim_runtime_build: runtime.build,
    device_type_identifier: device?.identifier ?? null,
  }
}

/** `platform=iOS Simulator,name=iPhone 16,OS=18.2`, the way xcodebuild writes it. */
export function describeDestination(request: DestinationRequest): string {
  const parts = [`${request.generic ? 'generic/' : ''}platform=${request.platform}`]
  if (request.variant !== null) parts.push(`variant=${request.variant}`)
  if (request.name !== null) parts.push(`name=${request.name}`)
  if (request.os !== null) parts.push(`OS=${request.os}`)
  if (request.arch !== null) parts.push(`arch=${request.arch}`)
  return parts.join(',')
}

function chooseRuntime(
  request: DestinationRequest,
  id: string | null,
  runtimes: readonly RuntimeOffer[],
  allowFloating: boolean,
): RuntimeOffer {
  const platform = request.platform.replace(/ Simulator$/, '')
  const missing = (os: string): RchError =>
    new RchError('runtime_not_found', undefined, {data: {platform, os, have: runtimes.map((runtime) => runtime.name)}})
  if (id !== null) {
    const exact = runtimes.find((runtime) => runtime.identifier === id)
    if (exact === undefined) throw missing(id)
    return exact
  }
  const same = runtimes.filter((runtime) => SIMULATED[platform]?.includes(runtime.platform) ?? runtime.platform === platform)
  const sorted = same.toSorted((a, b) => compareVersions(b.version, a.version) || (a.build < b.build ? 1 : -1))
  if (request.os === null || request.os === 'latest') {
    if (!allowFloating)
      throw new RchError('floating_destination_disallowed', undefined, {data: {destination: describeDestination(request)}})
    const [latest] = sorted
    if (latest === undefined) throw missing('latest')
    return latest
  }
  const wanted = request.os
  const found = sorted.find((runtime) => runtime.version === wanted) ?? sorted.find((runtime) => runtime.version.startsWith(`${wanted}.`))
  if (found === undefined) throw missing(wanted)
  return found
}

/** Apple renamed a platform's runtimes: visionOS calls its own xrOS. */
const SIMULATED: Readonly<Record<string, readonly string[]>> = {visionOS: ['visionOS', 'xrOS']}

function chooseDeviceType(request: DestinationRequest, id: string | null, types: readonly DeviceTypeOffer[]): DeviceTypeOffer | undefined {
  if (id !== null) {
    const exact = types.find((type) => type.identifier === id)
    if (exact === undefined) throw new RchError('destination_not_found', undefined, {data: {destination: id}})
    return exact
  }
  // A device may carry a name of its own; then only the worker can say whether it exists.
  return request.name === null ? undefined : types.find((type) => type.name === request.name)
}
