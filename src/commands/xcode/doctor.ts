import * as Flags from '@oclif/core/flags'
import {diagnose, harden} from '../../app/diagnose.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'

export default class Doctor extends RepositoryCommand {
  static override summary = 'Look at everything a run needs; each finding says how to mend it. Exits 1 when something is amiss.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --ci --json']
  static override flags = {ci: Flags.boolean({summary: 'The hardening checklist instead.'})}
  protected override readonly kind = 'doctor'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Doctor)
    const lane = await this.lane(flags)
    const findings = flags.ci ? await harden(lane) : await diagnose(lane)
    for (const {check, ok, detail, fix} of findings)
      this.log(`${ok ? '✔' : '✘'} ${check}: ${detail}${fix === null ? '' : `\n    → ${fix}`}`)
    const amiss = findings.filter(({ok}) => !ok).length
    return {result: {findings, amiss}, exitCode: amiss === 0 ? 0 : 1}
  }
}
