import * as Flags from '@oclif/core/flags'
import {surveyWorkers, type SurveyedWorker} from '../../../app/inventory/survey-workers.ts'
import type {Answer} from '../../../cli/base-command.ts'
import {RepositoryCommand} from '../../../cli/lane-command.ts'
import {table} from '../../../cli/present/table.ts'

export default class Workers extends RepositoryCommand {
  static override summary = 'List the workers of workers.toml, and with --refresh what each of them is.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --refresh --json']
  static override flags = {refresh: Flags.boolean({summary: 'Ask every worker.'})}
  protected override readonly kind = 'workers'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Workers)
    const lane = await this.lane(flags)
    const surveyed = flags.refresh
      ? await surveyWorkers(lane, null)
      : lane.workers.map((worker): SurveyedWorker => ({worker, capabilities: null, host_key: null, error: null}))
    if (surveyed.length === 0)
      this.log(
        `No workers: ${lane.files.directory}/workers.toml is missing or empty.\n→ rch xcode workers add NAME --host HOST --user USER --run-key KEY`,
      )
    else this.log(table([['NAME', 'TRANSPORT', 'WHERE', 'STATE'], ...surveyed.map(row)]))
    return {
      result: {
        workers: surveyed.map(({worker, capabilities, error}) => ({
          ...worker,
          capabilities,
          error: error === null ? null : {code: error.code, message: error.message, hint: error.hint},
        })),
      },
    }
  }
}

function row({worker, capabilities, error}: SurveyedWorker): readonly string[] {
  const where = worker.host === null ? 'this machine' : `${worker.user ?? ''}@${worker.host}:${worker.port}`
  if (error !== null) return [worker.name, worker.transport, where, `${error.code}: ${error.message}`]
  if (capabilities === null) return [worker.name, worker.transport, where, 'not asked (--refresh)']
  const xcodes = capabilities.xcodes.map(({version, build}) => `Xcode ${version} (${build})`).join(', ') || 'no Xcode'
  const {running, queued, max_concurrent_jobs: capacity} = capabilities.capacity
  const health = capabilities.health.status === 'ok' ? '' : `, degraded: ${capabilities.health.reasons.join('; ')}`
  return [
    worker.name,
    worker.transport,
    where,
    `${capabilities.os.name} ${capabilities.os.version}, ${xcodes}, ${running}/${capacity} running, ${queued} queued${health}`,
  ]
}
