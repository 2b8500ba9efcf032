import {existsSync, readdirSync, realpathSync} from 'node:fs'
import {join} from 'node:path'
import {arch} from 'node:os'
import {runTool} from '../../infra/run-tool.ts'
import {compareVersions} from '../../domain/selection/version.ts'
import {readPlistStrings} from './plist.ts'
import {toolEnv, xcodebuildOf, type AppleTools} from './tools.ts'

export interface XcodeInfo {
  readonly version: string
  readonly build: string
  readonly path: string
  readonly developer_dir: string
  readonly active: boolean
}

export interface RuntimeInfo {
  readonly identifier: string
  readonly version: string
  readonly build: string
  readonly platform: string
  readonly name: string
}

export interface DeviceTypeInfo {
  readonly identifier: string
  readonly name: string
}

export interface DeviceInfo {
  readonly udid: string
  readonly name: string
  readonly state: string
  readonly runtime_identifier: string
  readonly device_type_identifier: string | null
}

export interface OsInfo {
  readonly version: string
  readonly build: string
  readonly arch: string
}

/** Every Xcode on this machine, the highest version first. Bundles without a version are no Xcode. */
export async function findXcodes(tools: AppleTools): Promise<readonly XcodeInfo[]> {
  const active = await activeDeveloperDir(tools)
  const apps = new Set<string>()
  for (const folder of tools.applications) for (const app of xcodeBundles(folder)) apps.add(app)
  const fromSelect = active?.match(/^(.*\.app)\/Contents\/Developer$/)?.[1]
  if (fromSelect !== undefined) apps.add(fromSelect)
  const found: XcodeInfo[] = []
  for (const path of apps) {
    const developer_dir = join(path, 'Contents/Developer')
    if (!existsSync(xcodebuildOf(developer_dir))) continue
    const {CFBundleShortVersionString: version, ProductBuildVersion: build} = await readPlistStrings(join(path, 'Contents/version.plist'))
    if (version !== undefined && build !== undefined) found.push({version, build, path, developer_dir, active: developer_dir === active})
  }
  return found.toSorted((a, b) => compareVersions(b.version, a.version) || (a.build < b.build ? 1 : -1))
}

/** Runtimes, device types and devices as `simctl` lists them; unavailable ones left out. */
export async function listSimulators(
  tools: AppleTools,
  developerDir: string,
): Promise<{
  readonly runtimes: readonly RuntimeInfo[]
  readonly device_types: readonly DeviceTypeInfo[]
  readonly devices: readonly DeviceInfo[]
}> {
  const {code, stdout, stderr, timedOut} = await runTool(tools.xcrun, ['simctl', 'list', '-j'], {
    env: toolEnv(tools, developerDir),
    timeoutMs: 60_000,
  })
  if (code !== 0)
    throw new Error(timedOut ? 'simctl list did not answer within 60 s' : `simctl list failed: ${stderr.trim().slice(0, 300)}`)
  return parseSimctlList(stdout)
}

/** Reads `simctl list -j`, old shape (display names as keys, availability texts) and new. */
export function parseSimctlList(json: string): {
  readonly runtimes: RuntimeInfo[]
  readonly device_types: DeviceTypeInfo[]
  readonly devices: DeviceInfo[]
} {
  const root = record(JSON.parse(json))
  const runtimes = list(root['runtimes'])
    .filter((row) => row['isAvailable'] === true || row['availability'] === '(available)')
    .map((row) => {
      const name = text(row['name'])
      return {
        identifier: text(row['identifier']),
        version: text(row['version']),
        build: text(row['buildversion']),
        platform: text(row['platform']) || (name.split(' ')[0] ?? ''),
        name,
      }
    })
  const byName = new Map(runtimes.map((runtime) => [runtime.name, runtime.identifier]))
  const device_types = list(root['devicetypes']).map((row) => ({identifier: text(row['identifier']), name: text(row['name'])}))
  const devices: DeviceInfo[] = []
  for (const [key, rows] of Object.entries(record(root['devices'] ?? {}))) {
    for (const row of list(rows)) {
      if (row['isAvailable'] !== true && row['isAvailable'] !== 'YES' && row['availability'] !== '(available)') continue
      devices.push({
        udid: text(row['udid']),
        name: text(row['name']),
        state: text(row['state']),
        runtime_identifier: byName.get(key) ?? key,
        device_type_identifier: typeof row['deviceTypeIdentifier'] === 'string' ? row['deviceTypeIdentifier'] : null,
      })
    }
  }
  return {runtimes, device_types, devices}
}

export async function osInfo(tools: AppleTools): Promise<OsInfo> {
  const ask = async (flag: string): Promise<string> => {
    const {stdout} = await runTool(tools.swVers, [flag], {env: toolEnv(tools, null), timeoutMs: 10_000})
    return stdout.trim()
  }
  const [version, build] = await Promise.all([ask('-productVersion'), ask('-buildVersion')])
  return {version, build, arch: arch() === 'x64' ? 'x86_64' : arch()}
}

async function activeDeveloperDir(tools: AppleTools): Promise<string | null> {
  if (!existsSync(tools.xcodeSelect)) return null
  const {code, stdout} = await runTool(tools.xcodeSelect, ['-p'], {env: toolEnv(tools, null), timeoutMs: 10_000})
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

function xcodeBundles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^Xcode.*\.app$/i.test(name))
    .map((name) => realpathSync(join(folder, name)))
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
}

function list(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
