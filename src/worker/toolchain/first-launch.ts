import {runTool} from '../../infra/run-tool.ts'
import {toolEnv, xcodebuildOf, type AppleTools} from './tools.ts'

export interface FirstLaunchState {
  readonly developer_dir: string
  /** `null` where it could not be told. */
  readonly license_accepted: boolean | null
  readonly first_launch_done: boolean | null
}

/** Whether an Xcode's licence is accepted and its first-launch work done: `xcodebuild -checkFirstLaunchStatus` exits 69 otherwise. */
export async function firstLaunchState(tools: AppleTools, developerDir: string): Promise<FirstLaunchState> {
  const {code, stdout, stderr} = await runTool(xcodebuildOf(developerDir), ['-checkFirstLaunchStatus'], {
    env: toolEnv(tools, developerDir),
    timeoutMs: 20_000,
  })
  if (code === 0) return {developer_dir: developerDir, license_accepted: true, first_launch_done: true}
  if (code !== 69) return {developer_dir: developerDir, license_accepted: null, first_launch_done: null}
  const license = /licen[cs]e/i.test(stdout + stderr)
  return {developer_dir: developerDir, license_accepted: !license, first_launch_done: license ? null : false}
}
