import * as Flags from '@oclif/core/flags'
import {diagnose, harden} from '../../app/doctor/diagnose.ts'
import {mendModes} from '../../app/doctor/mend.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'

export default class Doctor extends RepositoryCommand {
  static override summary = 'Look at everything a run needs; each finding says how to mend it. Exits 1 when something is amiss.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --fix',
    '<%= config.bin %> <%= command.id %> --ci --json',
  ]
  static override flags = {
    ci: Flags.boolean({summary: 'The hardening checklist instead.'}),
    fix: Flags.boolean({
      summary: "Mend what can be mended without asking: who may read and write your keys, your configuration and the lane's folders.",
      exclusive: ['ci'],
    }),
  }
  protected override readonly kind = 'doctor'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Doctor)
    const lane = await this.lane(flags)
    const repairs = flags.fix ? (await diagnose(lane)).flatMap(({repair}) => repair ?? []) : []
    const mended = mendModes(repairs)
    for (const {path, from, to, problem} of mended)
      this.log(problem === null ? `✔ mended: chmod ${to} ${path} (was ${from})` : `✘ not mended: ${path}: ${problem}`)
    // What was found first may have been the reason of the rest: all of it is looked at again.
    const found = flags.ci ? await harden(lane) : await diagnose(mended.length === 0 ? lane : await this.lane(flags))
    const findings = found.map(({check, ok, detail, fix}) => ({check, ok, detail, fix}))
    for (const {check, ok, detail, fix} of findings)
      this.log(`${ok ? '✔' : '✘'} ${check}: ${detail}${fix === null ? '' : `\n    → ${fix}`}`)
    const amiss = findings.filter(({ok}) => !ok).length
    return {result: {findings, amiss, ...(flags.fix ? {mended} : {})}, exitCode: amiss === 0 ? 0 : 1}
  }
}
