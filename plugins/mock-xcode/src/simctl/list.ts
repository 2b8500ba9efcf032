import type {ToolContext} from '../tool/tool-context.ts'
import {deviceTypes, runtimes} from './catalogue.ts'
import {dataPath, type Device} from './device-set.ts'

type Row = Readonly<Record<string, unknown>>
const sections = ['devicetypes', 'runtimes', 'devices', 'pairs'] as const
type Section = (typeof sections)[number]

/** `simctl list [-j] [devices|devicetypes|runtimes|pairs] [term|available]`. */
export function list(context: ToolContext, words: readonly string[], devices: readonly Device[]): number {
  const json = words.some((word) => word === '-j' || word === '--json')
  const plain = words.filter((word) => !word.startsWith('-'))
  const section = sections.find((name) => name === plain[0])
  const term = section === undefined ? plain[0] : plain[1]
  const wanted = section === undefined ? sections : [section]
  const shown =
    term === undefined || term === 'available' ? devices : devices.filter(({name, udid}) => name.includes(term) || udid === term)
  if (json) {
    const answer = Object.fromEntries(wanted.map((name) => [name, jsonSection(context, name, shown)]))
    context.output.out(`${JSON.stringify(answer, null, 2).replaceAll('/', '\\/').replaceAll('": ', '" : ')}\n`)
  } else for (const name of wanted) textSection(context, name, shown)
  return 0
}

function jsonSection(context: ToolContext, section: Section, devices: readonly Device[]): unknown {
  switch (section) {
    case 'devicetypes':
      return deviceTypes.map((row): Row => ({
        productFamily: row.family,
        bundlePath: `/Library/Developer/CoreSimulator/Profiles/DeviceTypes/${row.name}.simdevicetype`,
        maxRuntimeVersion: 4_294_967_295,
        maxRuntimeVersionString: '65535.255.255',
        identifier: row.identifier,
        modelIdentifier: row.model,
        minRuntimeVersionString: '18.0.0',
        minRuntimeVersion: 1_179_648,
        name: row.name,
        mock: true,
      }))
    case 'runtimes':
      return runtimes.map((row): Row => ({
        isAvailable: true,
        version: row.version,
        isInternal: false,
        buildversion: row.build,
        supportedArchitectures: ['arm64'],
        supportedDeviceTypes: deviceTypes
          .filter(({family}) => row.families.includes(family))
          .map(({name, identifier, family}) => ({
            bundlePath: `/Library/Developer/CoreSimulator/Profiles/DeviceTypes/${name}.simdevicetype`,
            name,
            identifier,
            productFamily: family,
          })),
        identifier: row.identifier,
        platform: row.platform,
        bundlePath: `/Library/Developer/CoreSimulator/Volumes/${row.platform}_${row.build}/Library/Developer/CoreSimulator/Profiles/Runtimes/${row.name}.simruntime`,
        runtimeRoot: `/Library/Developer/CoreSimulator/Volumes/${row.platform}_${row.build}/Library/Developer/CoreSimulator/Profiles/Runtimes/${row.name}.simruntime/Contents/Resources/RuntimeRoot`,
        name: row.name,
        mock: true,
      }))
    case 'devices':
      return Object.fromEntries(
        runtimes.map(({identifier}) => [
          identifier,
          devices.filter(({runtime}) => runtime === identifier).map((device) => deviceRow(context, device)),
        ]),
      )
    default:
      return {}
  }
}

function deviceRow(context: ToolContext, device: Device): Row {
  const path = dataPath(context, device)
  return {
    ...(device.lastBootedAt === undefined ? {} : {lastBootedAt: device.lastBootedAt}),
    dataPath: path,
    dataPathSize: 13_316_096,
    logPath: path.replace(/\/Devices\/([^/]+)\/data$/, '/Logs/$1'),
    udid: device.udid,
    isAvailable: true,
    deviceTypeIdentifier: device.deviceType,
    state: device.state,
    name: device.name,
  }
}

function textSection(context: ToolContext, section: Section, devices: readonly Device[]): void {
  const {output} = context
  switch (section) {
    case 'devicetypes':
      output.out('== Device Types ==\n')
      for (const {name, identifier} of deviceTypes) output.out(`${name} (${identifier})\n`)
      break
    case 'runtimes':
      output.out('== Runtimes ==\n')
      for (const {name, version, build, identifier} of runtimes) output.out(`${name} (${version} - ${build}) - ${identifier}\n`)
      break
    case 'devices':
      output.out('== Devices ==\n')
      for (const {identifier, name} of runtimes) {
        output.out(`-- ${name} --\n`)
        for (const device of devices)
          if (device.runtime === identifier) output.out(`    ${device.name} (${device.udid}) (${device.state}) \n`)
      }
      break
    case 'pairs':
      output.out('== Device Pairs ==\n')
      break
  }
}
