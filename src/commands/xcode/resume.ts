import * as Args from '@oclif/core/args'
import {RchError} from '@rch/contract'
import {profileOf} from '../../app/lane.ts'
import {resumeRun} from '../../app/run/resume-run.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS, WORKER_FLAG} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {presented} from '../../cli/present/presented.ts'
import {stopOnInterrupt} from '../../cli/stop-on-interrupt.ts'

export default class Resume extends GateCommand {
  static override summary = 'Go on with an interrupted run: the same jobs, on the same worker.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {run: Args.string({required: true, ignoreStdin: true, description: 'The run, or the beginning of its id.'})}
  static override flags = {...WORKER_FLAG, set: RUN_FLAGS.set}
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Resume)
    const planned = this.plannedWorker(await this.lane(flags), args.run)
    if (planned !== undefined && flags.worker !== undefined && flags.worker !== planned)
      throw new RchError('usage_error', `${args.run} was planned for ${planned}: ${flags.worker} cannot go on with it.`, {
        data: {planned, worker: flags.worker},
        hint: `Leave out --worker, or run \`rch xcode retry ${args.run} --worker ${flags.worker}\` for another attempt there.`,
      })
    const lane = await this.gateLane({...flags, worker: planned ?? flags.worker})
    const {profile} = await profileOf(lane, overridesOf(flags), flags.profile ?? null)
    const stop = stopOnInterrupt({detach: false})
    stop.runIs(args.run)
    this.hush()
    try {
      return this.present(
        await presented({...flags, steps: null, json: this.jsonEnabled()}, (onProgress) =>
          resumeRun(
            lane,
            args.run,
            profile,
            (progress) => {
              stop.heard(progress)
              this.heard(progress)
              onProgress(progress)
            },
            stop.signal,
          ),
        ),
        flags,
      )
    } finally {
      stop.dispose()
    }
  }
}
