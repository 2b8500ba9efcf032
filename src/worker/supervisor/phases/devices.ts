import {RchError} from '@rch/contract'
import type {ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {runTool} from '../../../infra/run-tool.ts'
import {readControl, writeControl} from '../control.ts'
import type {JobSession} from '../session.ts'
import {listSimulators, type DeviceInfo} from '../../toolchain/inventory.ts'
import {toolEnv, type AppleTools} from '../../toolchain/tools.ts'

/** What carries one destination while the job runs. */
export interface Device {
  readonly destination: ResolvedDestination
  /** `null` where no simulator is involved. */
  readonly udid: string | null
  /** Made for this job, and deleted with it. */
  readonly created: boolean
  readonly boot_seconds: number | null
  readonly warnings: readonly string[]
}

/** How the profile chooses among devices. */
export interface DeviceWish {
  readonly udid: string | null
  readonly on_multiple: 'error' | 'select'
  readonly selector: 'highest_udid' | 'lowest_udid'
}

/**
 * Finds or makes the simulator of a destination and boots it. Trouble of CoreSimulator (no answer, boot timeout) is
 * `worker_degraded`: it is never told as a failed test.
 */
export async function prepareDevice(
  session: JobSession,
  tools: AppleTools,
  developerDir: string,
  destination: ResolvedDestination,
  wish: DeviceWish,
): Promise<Device> {
  const plain: Device = {destination, udid: null, created: false, boot_seconds: null, warnings: []}
  const tests = session.request.job.action === 'test' || session.request.job.action === 'test-without-building'
  if (destination.generic || !destination.platform.endsWith(' Simulator')) return plain
  const simctl = createSimctl(session, tools, developerDir)
  const {simulator} = session.request.job.effective_config.inputs
  const fresh = simulator.strategy === 'per_job' || destination.provisioning === 'ephemeral'
  const device = fresh ? await simctl.create(destination) : choose(await simctl.devices(), destination, wish)
  // Only tests need a running device; a build is done for its runtime.
  if (!tests) return {...plain, udid: device.udid, created: fresh}
  if (simulator.erase_on_start && !fresh) await simctl.erase(device)
  const boot_seconds = await simctl.boot(device, simulator.boot_timeout_seconds)
  return {...plain, udid: device.udid, created: fresh, boot_seconds}
}

/** Puts a job's devices back: those made for it are deleted, others shut down when asked or when the job was killed. */
export async function releaseDevices(
  session: JobSession,
  tools: AppleTools,
  developerDir: string,
  devices: readonly Device[],
  killed: boolean,
): Promise<{readonly outcome: 'none' | 'shut_down' | 'deleted' | 'failed'; readonly detail: string | null}> {
  const simctl = createSimctl(session, tools, developerDir)
  const {shutdown_on_end} = session.request.job.effective_config.inputs.simulator
  let outcome: 'none' | 'shut_down' | 'deleted' = 'none'
  try {
    for (const {udid, created} of devices) {
      if (udid === null || !(created || killed || shutdown_on_end)) continue
      await simctl.shutdown(udid)
      outcome = 'shut_down'
      if (!created) continue
      await simctl.remove(udid)
      outcome = 'deleted'
    }
    return {outcome, detail: null}
  } catch (error) {
    return {outcome: 'failed', detail: error instanceof Error ? error.message : String(error)}
  }
}

function choose(devices: readonly DeviceInfo[], destination: ResolvedDestination, {udid, on_multiple, selector}: DeviceWish): DeviceInfo {
  const described = `platform=${destination.platform},name=${destination.name ?? '*'},OS=${destination.os_version ?? '*'}`
  const matches = devices.filter(
    (device) =>
      (udid === null || device.udid === udid) &&
      device.runtime_identifier === destination.sim_runtime_identifier &&
      (destination.name === null || device.name === destination.name) &&
      (destination.device_type_identifier === null ||
        device.device_type_identifier === null ||
        device.device_type_identifier === destination.device_type_identifier),
  )
  const [first] = matches
  if (first === undefined) throw new RchError('destination_not_found', undefined, {data: {destination: described}})
  if (matches.length === 1) return first
  if (on_multiple === 'error')
    throw new RchError('destination_ambiguous', undefined, {
      data: {destination: described, count: matches.length, udids: matches.map((match) => match.udid)},
    })
  const sorted = matches.toSorted((a, b) => (a.udid < b.udid ? -1 : 1))
  return (selector === 'lowest_udid' ? sorted[0] : sorted.at(-1)) ?? first
}

interface Simctl {
  devices(): Promise<readonly DeviceInfo[]>
  create(destination: ResolvedDestination): Promise<DeviceInfo>
  boot(device: DeviceInfo, timeoutSeconds: number): Promise<number>
  erase(device: DeviceInfo): Promise<void>
  shutdown(udid: string): Promise<void>
  remove(udid: string): Promise<void>
}

function createSimctl(session: JobSession, tools: AppleTools, developerDir: string): Simctl {
  const env = toolEnv(tools, developerDir)
  const call = async (args: readonly string[], timeoutMs: number, tolerate: readonly number[] = []): Promise<string> => {
    const {code, stdout, stderr, timedOut} = await runTool(tools.xcrun, ['simctl', ...args], {env, timeoutMs})
    if (code === 0 || (code !== null && tolerate.includes(code))) return stdout
    const why = timedOut ? `did not answer within ${timeoutMs / 1000} s` : stderr.trim().slice(0, 300)
    throw new RchError('worker_degraded', `simctl ${args[0]}: ${why}`, {data: {reasons: [`simctl ${args.join(' ')}: ${why}`]}})
  }
  const say = (
    state: 'creating' | 'booting' | 'booted' | 'shutting_down' | 'deleted',
    udid: string | null,
    name: string | null,
    detail: string | null = null,
  ): void => session.events.write({type: 'simulator', state, udid, name, detail})
  return {
    devices: async () => {
      try {
        return (await listSimulators(tools, developerDir)).devices
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new RchError('worker_degraded', undefined, {data: {reasons: [why]}})
      }
    },
    create: async (destination) => {
      const name = `rch-${session.request.job_id}`
      if (destination.device_type_identifier === null || destination.sim_runtime_identifier === null) {
        throw new RchError('destination_not_found', `A fresh device needs a device type; "${destination.name}" is none.`, {
          data: {destination: destination.name},
        })
      }
      say('creating', null, name)
      const udid = (await call(['create', name, destination.device_type_identifier, destination.sim_runtime_identifier], 60_000)).trim()
      const control = readControl(session.layout.control)
      if (control !== undefined)
        writeControl(session.layout.control, {
          ...control,
          created_simulators: [...control.created_simulators, {udid, developer_dir: developerDir}],
        })
      return {
        udid,
        name,
        state: 'Shutdown',
        runtime_identifier: destination.sim_runtime_identifier,
        device_type_identifier: destination.device_type_identifier,
      }
    },
    boot: async ({udid, name}, timeoutSeconds) => {
      const started = performance.now()
      say('booting', udid, name)
      await call(['bootstatus', udid, '-b'], timeoutSeconds * 1000)
      const seconds = Math.round(performance.now() - started) / 1000
      say('booted', udid, name, `${seconds} s`)
      return seconds
    },
    erase: async ({udid}) => {
      await call(['shutdown', udid], 60_000, [149])
      await call(['erase', udid], 60_000)
    },
    shutdown: async (udid) => {
      say('shutting_down', udid, null)
      await call(['shutdown', udid], 60_000, [149])
    },
    remove: async (udid) => {
      await call(['delete', udid], 60_000)
      say('deleted', udid, null)
    },
  }
}
