import {createHash, randomUUID} from 'node:crypto'
import {mkdirSync, rmSync} from 'node:fs'
import type {ToolContext} from '../tool/tool-context.ts'
import {deviceTypes, runtimes} from './catalogue.ts'
import {dataPath, type Device, type DeviceState, readDevices, stateDirectory, writeDevices} from './device-set.ts'
import {list} from './list.ts'

/** `simctl [--set NAME] SUBCOMMAND …` over a device set kept in files. */
export function simctl(context: ToolContext): number {
  const named = context.argv[0] === '--set'
  const set = named ? (context.argv[1] ?? 'default') : 'default'
  const [command = '', ...words] = named ? context.argv.slice(2) : context.argv
  const devices = readDevices(context, set)
  const session: Session = {context, set, devices}
  switch (command) {
    case 'list':
      return list(context, words, devices)
    case 'create':
      return create(session, words)
    case 'boot':
      return boot(session, words)
    case 'bootstatus':
      return bootStatus(session, words)
    case 'shutdown':
      return shutDown(session, words)
    case 'erase':
      return erase(session, words)
    case 'delete':
      return remove(session, words)
    case 'getenv':
      return getEnvironment(session, words)
    case 'runtime':
      return runtimeCommand(context, words)
    case 'terminate':
    case 'launch':
    case 'install':
    case 'uninstall':
    case 'spawn':
    case 'openurl':
    case 'privacy':
    case 'ui':
    case 'status_bar':
    case 'get_app_container':
      return onBooted(session, words)
    case 'help':
    case '':
      context.output.err('usage: simctl [--set <path>] [--profiles <path>] <subcommand> ... (mock)\n')
      return command === '' ? 64 : 0
    default:
      context.output.err(`Unrecognized subcommand: ${command}\nusage: simctl [--set <path>] [--profiles <path>] <subcommand> ... (mock)\n`)
      return 64
  }
}

interface Session {
  readonly context: ToolContext
  readonly set: string
  readonly devices: readonly Device[]
}

const wrongState = 149

function create({context, set, devices}: Session, [name, typeWord, runtimeWord]: readonly string[]): number {
  const type = deviceTypes.find((row) => row.identifier === typeWord || row.name === typeWord)
  if (name === undefined || type === undefined) {
    context.output.err(`Invalid device type: ${typeWord ?? ''}\n`)
    return 161
  }
  const fitting = runtimes.filter(({families}) => families.includes(type.family))
  const runtime =
    runtimeWord === undefined ? fitting.at(-1) : runtimes.find((row) => row.identifier === runtimeWord || row.name === runtimeWord)
  if (runtime === undefined) {
    context.output.err(`Invalid runtime: ${runtimeWord ?? ''}\n`)
    return 161
  }
  if (!runtime.families.includes(type.family)) {
    context.output.err(
      'An error was encountered processing the command (domain=com.apple.CoreSimulator.SimError, code=403):\nIncompatible device\n',
    )
    return 147
  }
  if (runtimeWord === undefined)
    context.output.err(`No runtime specified, using '${runtime.name} (${runtime.version} - ${runtime.build}) - ${runtime.identifier}'\n`)
  const device: Device = {
    udid: randomUUID().toUpperCase(),
    name,
    state: 'Shutdown',
    runtime: runtime.identifier,
    deviceType: type.identifier,
  }
  writeDevices(context, [...devices, device], set)
  mkdirSync(dataPath(context, device), {recursive: true})
  context.output.out(`${device.udid}\n`)
  return 0
}

function boot(session: Session, [word]: readonly string[]): number {
  const device = find(session, word)
  if (device === undefined) return invalidDevice(session, word)
  if (device.state !== 'Shutdown') return refuse(session, 'boot', device.state)
  change(session, [device.udid], 'Booted')
  return 0
}

function bootStatus(session: Session, words: readonly string[]): number {
  const word = words.find((candidate) => !candidate.startsWith('-'))
  const device = find(session, word)
  if (device === undefined) return invalidDevice(session, word)
  const boots = words.some((candidate) => /^-[a-z]*b/.test(candidate))
  if (device.state !== 'Booted') {
    if (!boots) return refuse(session, 'wait for', device.state)
    change(session, [device.udid], 'Booted')
  }
  session.context.output.out(`Monitoring boot status for ${device.name} (${device.udid}).\nDevice already booted, nothing to do.\n`)
  return 0
}

function shutDown(session: Session, [word]: readonly string[]): number {
  if (word === 'all') {
    change(
      session,
      session.devices.map(({udid}) => udid),
      'Shutdown',
    )
    return 0
  }
  const device = find(session, word)
  if (device === undefined) return invalidDevice(session, word)
  if (device.state === 'Shutdown') return refuse(session, 'shutdown', device.state)
  change(session, [device.udid], 'Shutdown')
  return 0
}

function erase(session: Session, words: readonly string[]): number {
  for (const device of words[0] === 'all' ? session.devices : resolve(session, words)) {
    if (device.state !== 'Shutdown') return refuse(session, 'erase contents and settings', device.state)
    rmSync(dataPath(session.context, device), {recursive: true, force: true})
  }
  return 0
}

function remove(session: Session, words: readonly string[]): number {
  if (words[0] === 'unavailable') return 0
  const gone = words[0] === 'all' ? session.devices : resolve(session, words)
  if (gone.length === 0) return invalidDevice(session, words[0])
  const identifiers = new Set(gone.map(({udid}) => udid))
  writeDevices(
    session.context,
    session.devices.filter(({udid}) => !identifiers.has(udid)),
    session.set,
  )
  for (const device of gone) rmSync(dataPath(session.context, device).replace(/\/data$/, ''), {recursive: true, force: true})
  return 0
}

function getEnvironment(session: Session, [word, variable = '']: readonly string[]): number {
  const device = find(session, word)
  if (device === undefined) return invalidDevice(session, word)
  if (device.state !== 'Booted') return refuse(session, 'getenv', device.state)
  const values: Readonly<Record<string, string>> = {
    HOME: dataPath(session.context, device),
    SIMULATOR_UDID: device.udid,
    SIMULATOR_DEVICE_NAME: device.name,
    RCH_MOCK: '1',
  }
  const value = values[variable]
  if (value !== undefined) session.context.output.out(`${value}\n`)
  return value === undefined ? 1 : 0
}

function onBooted(session: Session, [word]: readonly string[]): number {
  const device = find(session, word)
  if (device === undefined) return invalidDevice(session, word)
  return device.state === 'Booted' ? 0 : refuse(session, 'use', device.state)
}

function runtimeCommand(context: ToolContext, words: readonly string[]): number {
  const json = words.includes('-j') || words.includes('--json')
  const {output} = context
  const print = (value: unknown): number => {
    output.out(`${JSON.stringify(value, null, 2).replaceAll('/', '\\/').replaceAll('": ', '" : ')}\n`)
    return 0
  }
  if (words[0] === 'match') {
    return print(
      Object.fromEntries(
        runtimes.map(({platform, version, build}) => [
          `${platform.toLowerCase()}simulator${version}`,
          {
            chosenRuntimeBuild: build,
            defaultBuild: build,
            platform: `com.apple.platform.${platform.toLowerCase()}`,
            sdkBuild: build,
            sdkVersion: version,
            mock: true,
          },
        ]),
      ),
    )
  }
  if (words[0] !== 'list') return 64
  const images = runtimes.map((row) => {
    const identifier = imageId(row.identifier)
    const mountPath = `/Library/Developer/CoreSimulator/Volumes/${row.platform}_${row.build}`
    return {
      build: row.build,
      deletable: true,
      identifier,
      kind: 'Patchable Cryptex Disk Image',
      mountPath,
      path: `/Library/Developer/CoreSimulator/Images/${identifier}.dmg`,
      platformIdentifier: `com.apple.platform.${row.platform.toLowerCase()}simulator`,
      runtimeBundlePath: `${mountPath}/Library/Developer/CoreSimulator/Profiles/Runtimes/${row.name}.simruntime`,
      runtimeIdentifier: row.identifier,
      signatureState: 'Verified',
      sizeBytes: 8_340_000_000,
      state: 'Ready',
      version: row.version,
      mock: true,
    }
  })
  if (json) return print(Object.fromEntries(images.map((image) => [image.identifier, image])))
  output.out('== Disk Images ==\n')
  for (const image of images) output.out(`${image.runtimeIdentifier} (${image.version} - ${image.build}) - ${image.identifier} (Ready)\n`)
  return 0
}

function imageId(runtime: string): string {
  const hex = createHash('sha256').update(`image ${runtime}`).digest('hex').toUpperCase()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function find({devices}: Session, word: string | undefined): Device | undefined {
  if (word === 'booted') return devices.find(({state}) => state === 'Booted')
  return devices.find(({udid}) => udid === word) ?? devices.find(({name}) => name === word)
}

function resolve(session: Session, words: readonly string[]): readonly Device[] {
  return words.flatMap((word) => find(session, word) ?? [])
}

function change({context, set, devices}: Session, udids: readonly string[], state: DeviceState): void {
  const at = new Date().toISOString().replace(/\.\d+/, '')
  const changed = devices.map((device) =>
    udids.includes(device.udid) ? {...device, state, ...(state === 'Booted' ? {lastBootedAt: at} : {})} : device,
  )
  mkdirSync(stateDirectory(context), {recursive: true})
  writeDevices(context, changed, set)
}

function invalidDevice({context}: Session, word: string | undefined): number {
  context.output.err(`Invalid device: ${word ?? ''}\n`)
  return 148
}

function refuse({context}: Session, action: string, state: DeviceState): number {
  context.output.err(
    `An error was encountered processing the command (domain=com.apple.CoreSimulator.SimError, code=405):\nUnable to ${action} device in current state: ${state}\n`,
  )
  return wrongState
}
