import * as Flags from '@oclif/core/flags'
import {stepProfile} from '../../app/run/accept-steps.ts'
import {profileOf} from '../../app/lane.ts'
import {planRun, type RunPreview} from '../../app/run/plan-run.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'

export default class Verify extends GateCommand {
  static override summary = "Run the gate: check everything, then the profile's verify steps on a worker."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --profile ci --json',
    '<%= config.bin %> <%= command.id %> --worker embedded',
  ]
  static override flags = {...RUN_FLAGS, 'dry-run': Flags.boolean({summary: 'Stop after the checks.'})}
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Verify)
    const lane = await this.gateLane(flags)
    const config = await profileOf(lane, overridesOf(flags), flags.profile ?? null)
    const {profile} = config
    const verify = profile.verify.map((step) => ({action: step.action, profile: stepProfile(profile, step)}))
    return this.recorded(lane, 'verify', {config, decision: null, argv: null}, async () => {
      const steps = await this.acceptProfile(lane, config, verify)
      const request = this.request(lane, flags, 'verify', config, steps, false)
      if (flags['dry-run'] || steps.length === 0) return this.checked(await planRun(lane, request, true))
      return this.present(await this.gate(lane, flags, 'verify', config, steps, false), flags)
    })
  }

  /** What was checked, for a run that stops there. */
  private checked(preview: RunPreview): Answer {
    this.log(
      `✔ ${preview.worker} can take this: ${preview.steps.map(({action}) => action).join(', ') || 'no steps are listed'}; nothing was run`,
    )
    return {result: {dry_run: true, ...preview}}
  }
}
