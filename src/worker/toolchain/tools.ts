import {userInfo} from 'node:os'
import {join} from 'node:path'
import type {WorkerConfig} from '../config.ts'

/** Where Apple's tools are: in the system, or where a mock toolchain was installed. */
export interface AppleTools {
  readonly kind: 'real' | 'mock'
  readonly xcrun: string
  readonly swVers: string
  readonly xcodeSelect: string
  /** `PATH` for whatever runs on this toolchain. */
  readonly path: string
  /** `HOME` for them; a mock toolchain has one of its own, so that nothing of the user's is touched. */
  readonly home: string
  /** Folders that hold `*.app` bundles of Xcode. */
  readonly applications: readonly string[]
}

const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin'

export function appleTools(config: Pick<WorkerConfig, 'toolchain'>): AppleTools {
  if (config.toolchain.kind === 'mock') {
    const [root = '/nonexistent'] = config.toolchain.paths
    const bin = join(root, 'bin')
    return {
      kind: 'mock',
      xcrun: join(bin, 'xcrun'),
      swVers: join(bin, 'sw_vers'),
      xcodeSelect: join(bin, 'xcode-select'),
      path: `${bin}:${SYSTEM_PATH}`,
      home: join(root, 'home'),
      applications: [root],
    }
  }
  return {
    kind: 'real',
    xcrun: '/usr/bin/xcrun',
    swVers: '/usr/bin/sw_vers',
    xcodeSelect: '/usr/bin/xcode-select',
    path: SYSTEM_PATH,
    home: userInfo().homedir,
    applications: ['/Applications', ...config.toolchain.paths],
  }
}

/** The program that builds, inside the chosen Xcode: no shim decides for us. */
export function xcodebuildOf(developerDir: string): string {
  return join(developerDir, 'usr/bin/xcodebuild')
}

/** The only environment Apple's tools are queried with. */
export function toolEnv(tools: AppleTools, developerDir: string | null): Record<string, string> {
  const env: Record<string, string> = {PATH: tools.path, LANG: 'en_US.UTF-8', HOME: tools.home}
  const tmp = process.env['TMPDIR']
  if (tmp !== undefined) env['TMPDIR'] = tmp
  const user = process.env['USER']
  if (user !== undefined) env['USER'] = user
  if (developerDir !== null) env['DEVELOPER_DIR'] = developerDir
  const mockState = process.env['RCH_MOCK_STATE']
  if (tools.kind === 'mock' && mockState !== undefined) env['RCH_MOCK_STATE'] = mockState
  return env
}
