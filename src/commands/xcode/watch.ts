import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {watchJobs} from '../../app/runs/watch-jobs.ts'
import {withWorkerOf} from '../../app/embedded-worker.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {plainPresenter} from '../../cli/present/plain-presenter.ts'
import {toStdout} from '../../cli/to-stdout.ts'

export default class Watch extends RepositoryCommand {
  static override summary = 'Follow a run or a job from its first event, from any machine that has the keys.'
  static override aliases = ['xcode:tail']
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b', '<%= config.bin %> <%= command.id %> 3f9a1c2b --log']
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'Job or run.'})}
  static override flags = {...WORKER_FLAG, log: Flags.boolean({summary: 'Print the raw log on stdout.'})}
  protected override readonly kind = 'watch'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Watch)
    const lane = await withWorkerOf(await this.lane(flags), args.id, flags.worker ?? null)
    const json = this.jsonEnabled()
    const plain = plainPresenter((line) => process.stderr.write(`${line}\n`), {
      ...flags,
      quiet: flags.quiet || json,
      logShown: flags.log,
    })
    const statuses = await watchJobs(lane, args.id, flags.worker ?? null, (progress) => {
      if (progress.type === 'log' && flags.log && !json) progress.hold(toStdout(progress.bytes))
      else if (progress.type === 'event' && json) process.stdout.write(`${JSON.stringify(progress.event)}\n`)
      else plain.onProgress(progress)
    }).finally(plain.stop)
    const worst = statuses.find(({terminal}) => terminal !== null && terminal.exit_code !== 0)?.terminal ?? null
    if (!json) {
      for (const {job_id, state, terminal} of statuses) this.log(`${job_id} ${state}: ${terminal?.human_summary ?? ''}`)
      this.tellOpenRun(lane, args.id)
    }
    return {result: {jobs: statuses}, streamed: json, exitCode: worst?.exit_code ?? 0, errorCode: worst?.error_code ?? null}
  }
}
