import * as Args from '@oclif/core/args'
import {fetchJobs} from '../../app/runs/fetch-jobs.ts'
import {withWorkerOf} from '../../app/embedded-worker.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {size} from '../../cli/present/lines.ts'

export default class Fetch extends RepositoryCommand {
  static override summary = 'Bring the sealed sets of a job or run from its worker; what is here and whole moves nothing.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'Job or run.'})}
  static override flags = WORKER_FLAG
  protected override readonly kind = 'fetch'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Fetch)
    const lane = await withWorkerOf(await this.lane(flags), args.id, flags.worker ?? null)
    const fetched = await fetchJobs(lane, args.id, flags.worker ?? null)
    for (const {job_id, directory, bytes} of fetched) this.log(`${job_id}  ${bytes === 0 ? 'was here' : size(bytes)}  ${directory}`)
    return {result: {jobs: fetched}}
  }
}
