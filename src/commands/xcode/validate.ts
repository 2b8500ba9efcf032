import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {RchError} from '@rch/contract'
import {validateRecord} from '../../app/artifacts/validate-record.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {stringProblem} from '../../domain/config/string-format.ts'

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
    const key = flags['attestation-key'] ?? null
    const problem = key === null ? null : stringProblem(key, 'fingerprint')
    if (problem !== null)
      throw new RchError('usage_error', `--attestation-key ${JSON.stringify(key)} ${problem}.`, {
        data: {problem},
        hint: 'Copy attestation_key_fingerprint as `rch-xcode-worker setup` printed it.',
      })
    const lane = await this.lane(flags)
    const {violations, sets, signature} = validateRecord(lane, args.target, key)
    for (const {path, problem} of violations) this.log(`✘ ${path}: ${problem}`)
    const word = violations.length === 0 ? 'valid' : `${violations.length} violation${violations.length === 1 ? '' : 's'}`
    this.log(`${violations.length === 0 ? '✔' : '✘'} ${word}: ${sets} set${sets === 1 ? '' : 's'} checked; ${signature}`)
    return {result: {valid: violations.length === 0, violations, sets, signature}, exitCode: violations.length === 0 ? 0 : 1}
  }
}
