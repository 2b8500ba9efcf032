import * as Args from '@oclif/core/args'
import {profileOf} from '../../app/lane.ts'
import {resumeRun} from '../../app/run/resume-run.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {presented} from '../../cli/present/presented.ts'
import {stopOnInterrupt} from '../../cli/stop-on-interrupt.ts'

export default class Resume extends GateCommand {
  static override summary = 'Go on with an interrupted run: the same jobs, on the same worker.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {run: Args.string({required: true, ignoreStdin: true, description: 'The run, or the beginning of its id.'})}
  static override flags = RUN_FLAGS
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Resume)
    const lane = await this.gateLane({...flags, worker: flags.worker ?? this.plannedWorker(await this.lane(flags), args.run)})
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
