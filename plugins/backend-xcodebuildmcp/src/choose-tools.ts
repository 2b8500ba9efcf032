import type {BackendJob} from '@rch/contract'

/** The family of tools for a destination, and how the destination is named to it. */
export interface ToolFamily {
  /** The first word of the tool's command line. */
  readonly workflow: 'simulator' | 'macos' | 'device'
  readonly build: string
  /** `null` = this family cannot test here. */
  readonly test: string | null
  readonly forBuild: Readonly<Record<string, string>>
  readonly forTest: Readonly<Record<string, string>>
}

type Destination = BackendJob['destinations'][number]

/** The tools that reach a destination; `null` when none does. */
export function chooseTools(destination: Destination): ToolFamily | null {
  const {platform, generic, variant, udid, arch} = destination
  if (variant !== null) return null
  if (platform.endsWith(' Simulator') && !generic && udid !== null) {
    const device = {simulatorId: udid}
    return {workflow: 'simulator', build: 'build_sim', test: 'test_sim', forBuild: device, forTest: device}
  }
  if (platform === 'macOS' && !generic) {
    const forBuild = arch === 'arm64' || arch === 'x86_64' ? {arch} : {}
    return {workflow: 'macos', build: 'build_macos', test: 'test_macos', forBuild, forTest: {}}
  }
  if (generic && DEVICES.has(platform)) return {workflow: 'device', build: 'build_device', test: null, forBuild: {platform}, forTest: {}}
  return null
}

const DEVICES: ReadonlySet<string> = new Set(['iOS', 'watchOS', 'tvOS', 'visionOS'])
