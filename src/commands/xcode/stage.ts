import {profileOf} from '../../app/lane.ts'
import {previewStage} from '../../app/stage/preview-stage.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {overridesOf} from '../../cli/overrides.ts'
import {readingLine} from '../../cli/present/reading-line.ts'
import {stageLines} from '../../cli/present/stage-lines.ts'
import {wantsColour} from '../../cli/wants-colour.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'

export default class Stage extends RepositoryCommand {
  static override summary = 'Say what would be sent: by folder and size, what is left out by which rule, what changed. Sends nothing.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = {set: RUN_FLAGS.set}
  protected override readonly kind = 'stage'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Stage)
    const lane = await this.lane(flags)
    const config = await profileOf(lane, overridesOf({...flags, detach: false}), flags.profile ?? null)
    const reading = readingLine(process.stderr, !flags.quiet && !this.jsonEnabled())
    const report = await previewStage(lane, config, reading.read).finally(reading.end)
    const style = {
      now: new Date(),
      colours: wantsColour(process.stdout, flags),
      columns: process.stdout.columns ?? 100,
      verbose: flags.verbose,
    }
    for (const line of stageLines(report, style)) this.log(line)
    return {result: {...report}}
  }
}
