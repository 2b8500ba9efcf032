import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {validateRecord} from '../../app/artifacts/validate-record.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'

export default class Validate extends RepositoryCommand {
  static override summary = 'Check a sealed set or a whole run against its seal, offline; list every violation.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f9a1c2b',
    '<%= config.bin %> <%= command.id %> ./copied-job --attestation-key SHA256:…',
  ]
  static override args = {target: Args.string({required: true, ignoreStdin: true, description: 'Job, run, or the path of a copied set.'})}
  static override flags = {
    'attestation-key': Flags.string({summary: 'SHA256:… of the key that must have signed; the pin of workers.toml otherwise.'}),
  }
  protected override readonly kind = 'validation'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Validate)
    const lane = await this.lane(flags)
    const {violations, sets, signature} = validateRecord(lane, args.target, flags['attestation-key'] ?? null)
    for (const {path, problem} of violations) this.log(`✘ ${path}: ${problem}`)
    const word = violations.length === 0 ? 'valid' : `${violations.length} violation${violations.length === 1 ? '' : 's'}`
    this.log(`${violations.length === 0 ? '✔' : '✘'} ${word}: ${sets} set${sets === 1 ? '' : 's'} checked; ${signature}`)
    return {result: {valid: violations.length === 0, violations, sets, signature}, exitCode: violations.length === 0 ? 0 : 1}
  }
}
