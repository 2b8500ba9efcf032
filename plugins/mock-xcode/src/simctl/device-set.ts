import {createHash, randomUUID} from 'node:crypto'
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {homeDirectory, type ToolContext} from '../tool/tool-context.ts'
import {deviceTypes, runtimes} from './catalogue.ts'

export type DeviceState = 'Shutdown' | 'Booted' | 'Booting' | 'Shutting Down' | 'Creating'

export interface Device {
  readonly udid: string
  readonly name: string
  readonly state: DeviceState
  readonly runtime: string
  readonly deviceType: string
  readonly lastBootedAt?: string
}

/** The folder of the device set: `RCH_MOCK_STATE`, else where Xcode keeps its own, in a file of another name. */
export function stateDirectory(context: Pick<ToolContext, 'env'>): string {
  return context.env['RCH_MOCK_STATE'] ?? join(homeDirectory(context), 'Library/Developer/CoreSimulator')
}

/** The devices; a set that was never written holds one of each usual kind. `set` names another device set. */
export function readDevices(context: Pick<ToolContext, 'env'>, set = 'default'): readonly Device[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(setFile(context, set), 'utf8'))
    if (isSet(parsed)) return parsed.devices
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return set === 'default' ? initialDevices() : []
}

export function writeDevices(context: Pick<ToolContext, 'env'>, devices: readonly Device[], set = 'default'): void {
  const file = setFile(context, set)
  mkdirSync(join(file, '..'), {recursive: true})
  const draft = `${file}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify({mock: true, devices}, null, 1)}\n`)
  renameSync(draft, file)
}

export function dataPath(context: Pick<ToolContext, 'env'>, {udid}: Device): string {
  return join(stateDirectory(context), 'Devices', udid, 'data')
}

function setFile(context: Pick<ToolContext, 'env'>, set: string): string {
  const name = set === 'default' ? 'mock-devices.json' : `mock-devices-${createHash('sha256').update(set).digest('hex').slice(0, 12)}.json`
  return join(stateDirectory(context), name)
}

function isSet(value: unknown): value is {readonly devices: readonly Device[]} {
  return typeof value === 'object' && value !== null && 'devices' in value && Array.isArray(value.devices)
}

function initialDevices(): readonly Device[] {
  return runtimes.flatMap((runtime) =>
    deviceTypes
      .filter(({family}) => runtime.families.includes(family))
      .map((type) => ({
        udid: stableUdid(`${runtime.identifier} ${type.identifier}`),
        name: type.name,
        state: 'Shutdown' as const,
        runtime: runtime.identifier,
        deviceType: type.identifier,
      })),
  )
}

/** The same device has the same UDID on every machine, so that a demo's words can name it. */
function stableUdid(seed: string): string {
  const hex = createHash('sha256').update(`mock ${seed}`).digest('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
