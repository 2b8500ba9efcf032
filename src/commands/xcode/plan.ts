import * as Flags from '@oclif/core/flags'
import {policyOf} from '../../app/explain/decide.ts'
import {profileOf} from '../../app/lane.ts'
import {stepProfile} from '../../app/run/accept-steps.ts'
import {planRun} from '../../app/run/plan-run.ts'
import type {Answer} from '../../cli/base-command.ts'
import {PLANNED_RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {quoted} from '../../cli/present/decision.ts'
import {explained} from '../../cli/present/explained-config.ts'
import {explainConfig} from '../../domain/config/explain-config.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'

export default class Plan extends GateCommand {
  static override summary = 'Say what verify would do: configuration, worker and why, destinations, hashes. Touches nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --explain-config',
    '<%= config.bin %> <%= command.id %> --json',
  ]
  static override flags = {
    ...PLANNED_RUN_FLAGS,
    'no-hash': Flags.boolean({summary: 'Leave the source unread.'}),
    'explain-config': Flags.boolean({summary: 'Every effective key with the file and line it comes from; asks no worker.'}),
  }
  protected override readonly kind = 'plan'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Plan)
    const lane = await this.gateLane(flags)
    const config = await profileOf(lane, overridesOf(flags), flags.profile ?? null)
    const {profile, posture} = config
    if (flags['explain-config']) {
      const keys = explainConfig(config, [lane.files.repository, lane.files.host])
      this.log(`profile ${profile.name}; posture ${posture.value}: ${posture.reason}`)
      this.log(explained(keys))
      return {result: {profile: profile.name, posture, keys, notes: config.notes}}
    }
    const steps = await this.acceptProfile(
      lane,
      config,
      profile.verify.map((step) => ({action: step.action, profile: stepProfile(profile, step)})),
    )
    const preview = await planRun(
      lane,
      {
        entrance: 'plan',
        config,
        profile,
        kind: DEFAULT_KIND,
        steps,
        policy: policyOf(lane, config),
        worker: flags.worker ?? null,
        traceId: null,
        detach: false,
        asks: false,
        layers: {flags: false, command: false},
      },
      !flags['no-hash'],
    )
    this.log(`profile    ${profile.name}; posture ${posture.value}: ${posture.reason}`)
    for (const {name, eligible, reasons} of preview.worker_candidates)
      this.log(
        `worker     ${name}${name === preview.worker ? ' (chosen)' : eligible ? '' : ' (excluded)'}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`,
      )
    if (preview.source !== null)
      this.log(`source     ${preview.source.files} files, ${preview.source.bytes} bytes, tree ${preview.source.source_tree_hash}`)
    for (const step of preview.steps)
      this.log(
        `step ${step.index + 1}     ${step.resolved_argv.map(quoted).join(' ')}${step.job_key === null ? '' : `\n           job_key ${step.job_key}`}`,
      )
    if (preview.run_id !== null)
      this.log(`run        ${preview.run_id}${preview.reuse === null ? '' : `, succeeded before as attempt ${preview.reuse.attempt}`}`)
    return {result: {profile: profile.name, posture, ...preview}}
  }
}
