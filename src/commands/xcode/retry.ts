import * as Args from '@oclif/core/args'
import {profileOf} from '../../app/lane.ts'
import {pastRun, stepsAgain} from '../../app/run/retry-run.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'

export default class Retry extends GateCommand {
  static override summary = 'Do what a past run did once more, with the source and configuration of now.'
  static override examples = ['<%= config.bin %> <%= command.id %> 3f9a1c2b']
  static override args = {run: Args.string({required: true, ignoreStdin: true, description: 'The run, or the beginning of its id.'})}
  static override flags = RUN_FLAGS
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Retry)
    const plain = await this.lane(flags)
    const past = pastRun(plain, args.run)
    const lane = await this.gateLane({...flags, worker: flags.worker ?? this.embeddedWorkerOf(plain, args.run)})
    const config = await profileOf(lane, overridesOf(flags), flags.profile ?? past.profile)
    const {provider} = await lane.providers.load('classifier', DEFAULT_KIND)
    return this.recorded(lane, 'retry', {config, decision: null, argv: null}, async () => {
      const result = await this.gate(lane, flags, 'retry', config, stepsAgain(lane, provider, config, past), false)
      if (result.run_id !== past.run_id)
        lane.notice(
          `The source, the configuration or the toolchain changed: this is attempt ${result.attempt} of run ${result.run_id.slice(0, 12)}, not another one of ${past.run_id.slice(0, 12)}.`,
        )
      return this.present(result, flags)
    })
  }
}
