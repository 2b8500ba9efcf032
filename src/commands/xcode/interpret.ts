import {once} from 'node:events'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {interpretLog} from '../../app/interpret-log.ts'
import {interpretReport} from '../../app/interpret-report.ts'
import {openLog} from '../../app/interpret-source.ts'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'
import {githubPresenter} from '../../cli/present/github.ts'
import {liveTerminal, quietLife} from '../../cli/present/interpret-live.ts'
import {REPORT_FLAGS, reportFormat} from '../../cli/report-flags.ts'
import {wantsColour} from '../../cli/wants-colour.ts'
import {paletteOf} from '../../reports/palette.ts'

export default class Interpret extends LaneCommand {
  static override summary = 'Read what xcodebuild printed: failures first, or as JSON, JUnit, SARIF. Needs no configuration and no worker.'
  static override examples = [
    'xcodebuild test -scheme App 2>&1 | <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> build.log --json',
    'xcodebuild test -scheme App 2>&1 | <%= config.bin %> <%= command.id %> --exit-code --junit > junit.xml',
  ]
  static override args = {file: Args.string({summary: 'The log; standard input when left out or `-`.', required: false, ignoreStdin: true})}
  static override flags = {
    ...REPORT_FLAGS,
    events: Flags.boolean({summary: 'Print every event as a line of JSON, as it happens.', exclusive: ['json']}),
    root: Flags.directory({
      summary: 'Folder that the log was made in; paths below it are printed relative to it. Default: this one.',
      exists: false,
    }),
    'exit-code': Flags.boolean({summary: 'Exit with the status that the log implies instead of 0.'}),
  }
  protected override readonly kind = 'interpret'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Interpret)
    const source = openLog(args.file, process.stdin, process.cwd())
    const format = flags.events ? 'events' : reportFormat(flags)
    const colours = wantsColour(process.stdout, flags)
    const pretty = format === 'text' && !this.jsonEnabled() && !flags.quiet
    const live =
      source.bytes !== null || !pretty
        ? null
        : process.stdout.isTTY
          ? liveTerminal({columns: () => process.stdout.columns, write: (text) => process.stdout.write(text)}, paletteOf(colours))
          : quietLife((line) => process.stderr.write(line))
    let sequence = 0
    const interpreted = await interpretLog(source.chunks, {
      sourceRoot: flags.root ?? process.cwd(),
      onEvent: (event) => {
        if (format === 'events') process.stdout.write(`${JSON.stringify({...event, sequence: (sequence += 1)})}\n`)
        live?.event(event)
      },
      afterChunk: async () => {
        if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
      },
    })
    live?.end()
    const report = interpretReport(interpreted, source, {format, budget: flags.budget ?? null, colours, exitCode: flags['exit-code']})
    if (format === 'github')
      githubPresenter((text) => process.stdout.write(text), process.env).report(
        report.input,
        source.name === '-' ? 'xcodebuild' : source.name,
      )
    else if (!this.jsonEnabled()) process.stdout.write(report.text)
    return report.answer
  }
}
