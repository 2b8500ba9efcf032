import * as Args from '@oclif/core/args'
import {workerStatuses} from '../../app/runs/worker-statuses.ts'
import {locateJobs} from '../../app/runs/locate-job.ts'
import {findRecord, notebookDocument} from '../../app/find-record.ts'
import {listRuns} from '../../app/runs/list-runs.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {table} from '../../cli/present/table.ts'
import {withWorkerOf} from '../../app/embedded-worker.ts'

export default class Status extends RepositoryCommand {
  static override summary = 'Say what is running and queued, or how one run or job stands.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {id: Args.string({ignoreStdin: true, description: 'Job or run; everything when left out.'})}
  static override flags = WORKER_FLAG
  protected override readonly kind = 'status'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Status)
    const lane = await withWorkerOf(await this.lane(flags), args.id, flags.worker ?? null)
    if (args.id === undefined) return this.everything(lane, flags.worker ?? null)
    const local = findRecord(lane, args.id)
    const summary = local?.type === 'run' ? notebookDocument(local.directory, 'run_summary') : null
    if (summary !== null) {
      this.log(
        `run ${summary.run_id?.slice(0, 12)} attempt ${summary.attempt}: ${summary.status}, exit ${summary.exit_code}\n  ${summary.human_summary}`,
      )
      return {result: {run: summary, jobs: []}}
    }
    const located = await locateJobs(lane, args.id, flags.worker ?? null)
    await located.connection.close()
    this.log(
      table(
        located.jobs.map((job) => [
          job.job_id,
          job.state,
          `${job.last_event_seq} events`,
          `${job.log_bytes} bytes of log`,
          [job.terminal?.error_code, job.terminal?.human_summary].filter((part) => part != null).join(': '),
        ]),
      ),
    )
    if (located.jobs.every(({terminal}) => terminal !== null)) this.tellOpenRun(lane, args.id)
    return {result: {run: null, worker: located.worker.name, jobs: located.jobs}}
  }

  private async everything(lane: Awaited<ReturnType<typeof withWorkerOf>>, worker: string | null): Promise<Answer> {
    const open = listRuns(lane, {sinceMs: null, status: null, limit: 50, all: true}).filter(
      ({state}) => state === 'running' || state === 'queued' || state === 'created',
    )
    const workers = await workerStatuses(lane, worker)
    for (const {name, jobs, leases, error} of workers) {
      if (error !== null) this.log(`${name}: ${error.code}: ${error.message}`)
      else
        this.log(
          `${name}: ${leases?.held ?? 0} running, ${leases?.waiting ?? 0} queued${jobs.map((job) => `\n  ${job.job_id}  ${job.state}  run ${job.run_id.slice(0, 12)}`).join('')}`,
        )
    }
    for (const run of open)
      this.log(
        `this host: run ${run.run_id.slice(0, 12)} attempt ${run.attempt} is ${run.state} on ${run.worker ?? '?'} → rch xcode resume ${run.run_id.slice(0, 12)}`,
      )
    if (workers.length === 0) this.log('No workers are known.\n→ rch xcode workers add NAME --host HOST --user USER --run-key KEY')
    return {
      result: {
        workers: workers.map(({name, jobs, leases, error}) => ({name, jobs, leases, error_code: error?.code ?? null})),
        open_runs: open,
      },
    }
  }
}
