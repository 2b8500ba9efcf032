import {RchError, type ToolchainInfo} from '@rch/contract'
import {canonicalJson} from '@rch/contract/json'
import {findXcodes, osInfo} from '../../toolchain/inventory.ts'
import {prepareDevice, type Device} from './devices.ts'
import {appleTools, toolEnv, type AppleTools} from '../../toolchain/tools.ts'
import {BackendChoice} from '../backend-choice.ts'
import type {JobSession} from '../session.ts'

export interface Prepared {
  readonly tools: AppleTools
  readonly toolchain: ToolchainInfo
  readonly devices: readonly Device[]
  readonly backends: BackendChoice
  readonly warnings: readonly string[]
}

/** The toolchain the job was planned for, a device for each destination, and the backend that will run it. */
export async function preparePhase(session: JobSession): Promise<Prepared> {
  return session.meter.run('prepare', async () => {
    const tools = appleTools(session.context.config)
    const toolchain = await plannedToolchain(session, tools)
    const backends = new BackendChoice(session, toolchain, toolEnv(tools, toolchain.developer_dir))
    await backends.next()
    const devices: Device[] = []
    const {udids, device_choice} = session.request.job.effective_config.resolved
    const known = session.request.job.effective_config.inputs.destinations.map((destination) => canonicalJson(destination))
    for (const destination of session.request.job.job_key_inputs.destinations) {
      const index = known.indexOf(canonicalJson(destination))
      devices.push(
        await prepareDevice(session, tools, toolchain.developer_dir, destination, {
          udid: udids[index] ?? null,
          ...(device_choice[index] ?? {on_multiple: 'error', selector: 'highest_udid'}),
        }),
      )
    }
    session.put('toolchain', {
      toolchain,
      requested: pickRequested(session),
      tools: {xcodebuild: `${toolchain.xcode_version} (${toolchain.xcode_build})`, node: process.versions.node},
      warnings: [],
    })
    return {tools, toolchain, devices, backends, warnings: devices.flatMap((device) => device.warnings)}
  })
}

/** What the job's key names must be what is here: another build of Xcode is another job. */
async function plannedToolchain(session: JobSession, tools: AppleTools): Promise<ToolchainInfo> {
  const {toolchain: planned} = session.request.job.job_key_inputs
  const [xcodes, os] = await Promise.all([findXcodes(tools), osInfo(tools)]).catch((error: unknown) => {
    // A tool that was there when the job was planned cannot even be started.
    const problem = error instanceof Error ? error.message : String(error)
    throw new RchError('toolchain_changed', undefined, {data: {planned, problem}, cause: error})
  })
  const xcode = xcodes.find((found) => found.developer_dir === planned.developer_dir && found.build === planned.xcode_build)
  const here = {kind: tools.kind, macos_version: os.version, macos_build: os.build, arch: os.arch}
  const same =
    here.kind === planned.kind &&
    here.macos_version === planned.macos_version &&
    here.macos_build === planned.macos_build &&
    here.arch === planned.arch
  if (xcode === undefined || !same) {
    throw new RchError('toolchain_changed', undefined, {
      data: {planned, have: {...here, xcodes: xcodes.map(({version, build}) => `${version} (${build})`)}},
    })
  }
  return {...here, xcode_version: xcode.version, xcode_build: xcode.build, developer_dir: xcode.developer_dir}
}

function pickRequested(session: JobSession) {
  const {path, require_version, require_build} = session.request.job.effective_config.resolved.settings.xcode
  return {path, require_version, require_build}
}
