import * as Flags from '@oclif/core/flags'
import {RchError} from '@rch/contract'
import {withEmbeddedWorker} from '../../app/embedded-worker.ts'
import {surveyWorkers} from '../../app/inventory/survey-workers.ts'
import {workerNamed} from '../../app/lane.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {table} from '../../cli/present/table.ts'

export default class Destinations extends RepositoryCommand {
  static override summary = 'List the simulator runtimes, devices and device types of the workers.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --worker mini-1 --toml']
  static override flags = {...WORKER_FLAG, toml: Flags.boolean({summary: 'Print a destination table for the profile, ids included.'})}
  protected override readonly kind = 'destinations'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Destinations)
    const lane = await withEmbeddedWorker(await this.lane(flags), flags.worker ?? null)
    if (lane.workers.length === 0)
      throw new RchError('no_eligible_worker', 'No worker is known: there is no workers.toml, or it is empty.', {
        hint: 'Run `rch xcode workers add NAME --host HOST --user USER --run-key KEY`, or look at the one on this machine with `--worker embedded`.',
      })
    const names = flags.worker === undefined ? null : [workerNamed(lane, flags.worker).name]
    const surveyed = await surveyWorkers(lane, names)
    const answered = surveyed.flatMap(({worker, capabilities}) => (capabilities === null ? [] : [{worker: worker.name, capabilities}]))
    for (const {worker, error} of surveyed) if (error !== null) process.stderr.write(`${worker.name}: ${error.code}: ${error.message}\n`)
    if (answered.length === 0 && surveyed[0]?.error != null) throw surveyed[0].error
    for (const {worker, capabilities} of answered) {
      const runtimes = new Map(capabilities.runtimes.map((runtime) => [runtime.identifier, runtime]))
      this.log(`${worker}:`)
      if (flags.toml) {
        for (const device of capabilities.devices) {
          const runtime = runtimes.get(device.runtime_identifier)
          if (runtime !== undefined) this.log(toml(device, runtime))
        }
        continue
      }
      const rows = capabilities.devices.map((device) => [
        device.name,
        runtimes.get(device.runtime_identifier)?.name ?? device.runtime_identifier,
        device.state,
        device.udid,
      ])
      this.log(table([['DEVICE', 'RUNTIME', 'STATE', 'UDID'], ...rows]))
      this.log(`runtimes: ${capabilities.runtimes.map((runtime) => `${runtime.name} (${runtime.build})`).join(', ') || 'none'}`)
    }
    return {
      result: {
        workers: answered.map(({worker, capabilities: {runtimes, device_types, devices}}) => ({worker, runtimes, device_types, devices})),
        unreachable: surveyed.flatMap(({worker, error}) => (error === null ? [] : [{worker: worker.name, error_code: error.code}])),
      },
    }
  }
}

function toml(
  device: {readonly name: string; readonly device_type_identifier: string | null},
  runtime: {readonly identifier: string; readonly version: string; readonly platform: string},
): string {
  const lines = [
    '',
    '[profiles.NAME.destination]',
    `platform = "${runtime.platform} Simulator"`,
    `name = ${JSON.stringify(device.name)}`,
    `os = "${runtime.version}"`,
    `runtime_id = "${runtime.identifier}"`,
  ]
  if (device.device_type_identifier !== null) lines.push(`device_type_id = "${device.device_type_identifier}"`)
  return lines.join('\n')
}
