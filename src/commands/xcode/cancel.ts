import * as Args from '@oclif/core/args'
import {findRecord, openAttempt} from '../../app/find-record.ts'
import {cancelJobs} from '../../app/runs/cancel-jobs.ts'
import {locateJobs} from '../../app/runs/locate-job.ts'
import {withWorkerOf} from '../../app/embedded-worker.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'

export default class Cancel extends RepositoryCommand {
  static override summary = 'End a run or a job on its worker, and say what was ended.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'Job or run.'})}
  static override flags = WORKER_FLAG
  protected override readonly kind = 'cancel'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Cancel)
    const here = await this.lane(flags)
    const record = findRecord(here, args.id)
    const id = record?.type === 'run' ? openAttempt(record).directory : args.id
    const lane = await withWorkerOf(here, id, flags.worker ?? null)
    const {connection, jobs, protocolVersion, worker} = await locateJobs(lane, id, flags.worker ?? null)
    try {
      const ended = await cancelJobs(
        connection,
        jobs.map(({job_id}) => job_id),
        protocolVersion,
      )
      for (const {job_id, found, state} of ended)
        this.log(found === 'sealed' ? `${job_id} had ended before: ${state}` : `${job_id} was ${found}, is ${state}`)
      return {result: {worker: worker.name, jobs: ended}}
    } finally {
      await connection.close()
    }
  }
}
