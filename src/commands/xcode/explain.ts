import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {RchError, type CommandInput} from '@rch/contract'
import {fitter, tellOfCommand, typedHere} from '../../app/explain/decide.ts'
import type {Lane} from '../../app/lane.ts'
import {rewriteCommand} from '@rch/contract/kinds/xcodebuild'
import type {Answer} from '../../cli/base-command.ts'
import {PLANNED_RUN_FLAGS} from '../../cli/flags.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {describeDecision, type Page} from '../../cli/present/decision.ts'
import {wantsColour} from '../../cli/wants-colour.ts'

export default class Explain extends RepositoryCommand {
  static override summary = 'Say what the gate makes of a command, token by token, or why a past run went as it went.'
  static override usage = ['xcode explain -- xcodebuild …', 'xcode explain JOB|RUN|PATH', 'xcode explain --batch FILE|-']
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- xcodebuild test -scheme App',
    '<%= config.bin %> <%= command.id %> --fit -- xcodebuild test -scheme App -destination "platform=macOS"',
    '<%= config.bin %> <%= command.id %> --batch commands.ndjson',
  ]
  static override args = {words: Args.string({multiple: true, ignoreStdin: true, description: 'The command after --, or one id or path.'})}
  static override flags = {
    ...PLANNED_RUN_FLAGS,
    batch: Flags.string({summary: 'One JSON line {"id","cmd"} in, one decision out, in order; - is stdin.'}),
    fit: Flags.boolean({summary: 'Print the profile that would let the command in, as TOML.'}),
    shell: Flags.boolean({summary: 'Read the one word after -- as a shell string, as hooks do.'}),
  }
  protected override readonly kind = 'decision'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Explain)
    const words: readonly string[] = args.words ?? []
    const lane = await this.lane(flags)
    if (flags.batch !== undefined) {
      const {explainBatch} = await import('../../app/explain/explain-batch.ts')
      await explainBatch(lane, flags.batch, {fit: flags.fit, overrides: overridesOf(flags), profile: flags.profile ?? null}, (line) =>
        process.stdout.write(line),
      )
      return {result: {}, streamed: true}
    }
    const [only] = words
    if (only === undefined)
      throw new RchError('usage_error', 'explain takes a command after --, an id, a path, or --batch.', {
        data: {problem: 'nothing to explain'},
      })
    if (words.length === 1 && !flags.shell && !this.argv.includes('--') && !only.includes('xcodebuild')) {
      const {explainRecord} = await import('../../app/explain/explain-record.ts')
      return explainRecord(lane, only, (text) => this.log(text))
    }
    if (flags.shell && words.length > 1)
      throw new RchError('usage_error', '--shell takes the shell string as one word.', {
        data: {problem: 'several words'},
        hint: 'Put the whole command in quotes, or leave --shell out: the words are then judged as they are.',
      })
    const input =
      flags.shell || (words.length === 1 && only.includes(' '))
        ? {form: 'shell' as const, text: only, ...typedHere(lane)}
        : {form: 'argv' as const, argv: words, ...typedHere(lane)}
    if (flags.fit) return this.#fit(lane, input)
    const {decision, profileMissing} = await tellOfCommand(lane, input, overridesOf(flags), flags.profile ?? null)
    const rewritten = input.form === 'shell' ? rewriteCommand(input.text, decision) : null
    this.log(describeDecision(decision, {rewritten, ...this.#page(input)}))
    if (profileMissing && decision.verdict === 'reject')
      this.log(
        'This repository has no profile yet.\n→ `rch xcode init` writes one; `rch xcode explain --fit -- …` prints the one that fits this command.',
      )
    return {result: {...decision, rewritten, profile_missing: profileMissing}}
  }

  async #fit(lane: Lane, input: CommandInput): Promise<Answer> {
    const {toml, decision} = (await fitter(lane))(input)
    if (toml !== null) {
      this.log(toml)
      return {result: {toml, decision}}
    }
    this.log(describeDecision(decision, {rewritten: null, ...this.#page(input)}))
    process.stderr.write(decision.verdict === 'reject' ? 'No profile could let this command in.\n' : 'Nothing here needs a profile.\n')
    return {result: {toml, decision}}
  }

  #page(input: CommandInput): Omit<Page, 'rewritten'> {
    const {stdout} = process
    return {
      source: input.form === 'shell',
      columns: stdout.isTTY ? stdout.columns : null,
      colour: wantsColour(stdout, {'no-color': this.argv.includes('--no-color')}),
    }
  }
}
