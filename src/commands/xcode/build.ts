import {profileOf} from '../../app/lane.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'

export default class Build extends GateCommand {
  static override summary = 'Run the profile as one build on a worker.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --scheme App --json']
  static override flags = RUN_FLAGS
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Build)
    const lane = await this.gateLane(flags)
    const config = await profileOf(lane, {...overridesOf(flags), action: flags.action ?? 'build'}, flags.profile ?? null)
    const {profile} = config
    return this.recorded(lane, 'build', {config, decision: null, argv: null}, async () => {
      const steps = await this.acceptProfile(lane, config, [{action: profile.action, profile}])
      return this.present(await this.gate(lane, flags, 'build', config, steps, false), flags)
    })
  }
}
