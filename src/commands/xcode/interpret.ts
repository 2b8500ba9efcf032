import {once} from 'node:events'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {interpretHtml} from '../../app/report/interpret-html.ts'
import {interpretLog} from '../../app/report/interpret-log.ts'
import {interpretReport} from '../../app/report/interpret-report.ts'
import {openLog} from '../../app/report/interpret-source.ts'
import {hrefFrom} from '../../app/report/page-address.ts'
import {pageCode} from '../../app/report/page-code.ts'
import {writePage} from '../../app/report/write-page.ts'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'
import {columnsOf} from '../../cli/columns-of.ts'
import {githubPresenter} from '../../cli/present/github.ts'
import {liveTerminal, quietLife} from '../../cli/present/interpret-live.ts'
import {htmlTarget, REPORT_FLAGS, reportFormat} from '../../cli/report-flags.ts'
import {wantsColour} from '../../cli/wants-colour.ts'
import {createLogExcerpt} from '../../reports/html/log-excerpt.ts'
import {renderHtml} from '../../reports/html/render-html.ts'
import {gitTop} from '../../infra/repository-top.ts'
import {sourcePaths} from '../../infra/source-paths.ts'
import {paletteOf} from '../../reports/palette.ts'
import {createSourcePlaces} from '../../reports/source-places.ts'

export default class Interpret extends LaneCommand {
  static override summary = 'Read what xcodebuild printed: failures first, or as JSON, JUnit, SARIF. Needs no configuration and no worker.'
  static override examples = [
    'xcodebuild test -scheme App 2>&1 | <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> build.log --json',
    'xcodebuild test -scheme App 2>&1 | <%= config.bin %> <%= command.id %> --exit-code --junit > junit.xml',
    '<%= config.bin %> <%= command.id %> build.log --html report.html',
  ]
  static override args = {file: Args.string({summary: 'The log; standard input when left out or `-`.', required: false, ignoreStdin: true})}
  static override flags = {
    ...REPORT_FLAGS,
    events: Flags.boolean({summary: 'Print every event as a line of JSON, as it happens.', exclusive: ['json']}),
    root: Flags.directory({
      summary:
        'Folder that the log was made in; paths below it are printed relative to it. Default: this one, and for GitHub, annotations and SARIF the top of its repository.',
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
    const page = htmlTarget(
      flags.html,
      [format, ...(this.jsonEnabled() ? ['json'] : [])].filter((name) => name !== 'text'),
    )
    const excerpt = page === null ? null : createLogExcerpt()
    const pretty = format === 'text' && page !== '-' && !this.jsonEnabled() && !flags.quiet
    const live =
      source.bytes !== null || !pretty
        ? null
        : process.stdout.isTTY
          ? liveTerminal({columns: () => process.stdout.columns, write: (text) => process.stdout.write(text)}, paletteOf(colours))
          : quietLife((line) => process.stderr.write(line))
    // What shows failures beside the source wants paths from the repository's top, wherever below it this runs.
    const beside = ['github', 'annotations', 'sarif'].includes(format)
    const here = process.cwd()
    const sourceRoot = flags.root ?? (beside ? (gitTop(here) ?? here) : here)
    let sequence = 0
    const interpreted = await interpretLog(excerpt === null ? source.chunks : through(source.chunks, (chunk) => excerpt.bytes(chunk)), {
      sourceRoot,
      // Whoever says where the log was made, or shows failures beside the source, is there; anybody else may be reading a stranger's log.
      ...(flags.root === undefined && !beside ? {} : {places: createSourcePlaces(() => sourcePaths(sourceRoot))}),
      onEvent: (event) => {
        if (format === 'events') process.stdout.write(`${JSON.stringify({...event, sequence: (sequence += 1)})}\n`)
        live?.event(event)
        excerpt?.event(event)
      },
      afterChunk: async () => {
        if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
      },
    })
    live?.end()
    const report = interpretReport(interpreted, source, {
      format,
      budget: flags.budget ?? null,
      colours,
      columns: columnsOf(process.stdout),
      exitCode: flags['exit-code'],
    })
    if (format === 'github')
      githubPresenter((text) => process.stdout.write(text), process.env).report(
        report.input,
        source.name === '-' ? 'xcodebuild' : source.name,
      )
    else if (!this.jsonEnabled() && page !== '-') process.stdout.write(report.text)
    if (page === null || excerpt === null) return report.answer
    const cwd = process.cwd()
    const href = source.name === '-' ? null : hrefFrom(page, cwd)(source.name)
    const html = await writePage(
      page,
      renderHtml(interpretHtml(interpreted, report.input, excerpt, {name: source.name, href}), pageCode()),
      cwd,
      process.stdout,
    )
    if (html !== null) process.stderr.write(`page: ${html}\n`)
    return flags.budget === undefined ? {...report.answer, result: {...report.answer.result, html}} : report.answer
  }
}

/** The same bytes, seen on their way. */
async function* through(chunks: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    see(chunk)
    yield chunk
  }
}
