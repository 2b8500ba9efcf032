import * as Flags from '@oclif/core/flags'
import {listRefusals, listRuns} from '../../app/runs/list-runs.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {table} from '../../cli/present/table.ts'
import {momentOf} from '../../domain/duration.ts'

export default class Runs extends RepositoryCommand {
  static override summary = 'List past runs of this repository, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 2d --status failed',
    '<%= config.bin %> <%= command.id %> --refused',
  ]
  static override flags = {
    refused: Flags.boolean({summary: 'What the gate refused instead.', exclusive: ['status', 'all']}),
    since: Flags.string({summary: 'Since when: 2h, 3d, or a time.'}),
    status: Flags.string({
      summary: 'Only runs with this status.',
      options: ['success', 'failed', 'rejected', 'cancelled', 'running', 'queued'],
    }),
    limit: Flags.integer({summary: 'At most this many.', default: 20, min: 1, max: 10_000}),
    all: Flags.boolean({summary: 'Of every repository.'}),
  }
  protected override readonly kind = 'runs'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Runs)
    const lane = await this.lane(flags)
    const sinceMs = flags.since === undefined ? null : momentOf(flags.since, Date.now())
    if (flags.refused) {
      const refusals = listRefusals(lane, {sinceMs, limit: flags.limit})
      this.log(
        refusals.length === 0
          ? 'No refusals.'
          : table(refusals.map(({at, codes, reason, request_id}) => [at.slice(0, 19), codes.join(','), reason ?? '', request_id])),
      )
      return {result: {refusals}}
    }
    const runs = listRuns(lane, {sinceMs, status: flags.status ?? null, limit: flags.limit, all: flags.all})
    if (runs.length === 0) this.log('No runs.')
    else
      this.log(
        table(
          runs.map((run) => [
            run.run_id.slice(0, 12),
            `#${run.attempt}`,
            run.started_at?.slice(0, 19) ?? '',
            run.status ?? run.state,
            run.worker ?? '',
            run.human_summary ?? '',
          ]),
        ),
      )
    return {result: {runs}}
  }
}
