import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {reportOn} from '../../app/report/report.ts'
import {reportHtml} from '../../app/report/report-html.ts'
import {findTarget} from '../../app/report/report-target.ts'
import {hrefFrom} from '../../app/report/page-address.ts'
import {pageCode} from '../../app/report/page-code.ts'
import {writePage} from '../../app/report/write-page.ts'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'
import {columnsOf} from '../../cli/columns-of.ts'
import {githubPresenter} from '../../cli/present/github.ts'
import {htmlTarget, REPORT_FLAGS, reportFormat} from '../../cli/report-flags.ts'
import {wantsColour} from '../../cli/wants-colour.ts'
import {placesOf} from '../../infra/places.ts'
import {folderInRepository} from '../../infra/repository-top.ts'
import {findRepository} from '../../infra/repository.ts'
import {renderHtml} from '../../reports/html/render-html.ts'

export default class Report extends LaneCommand {
  static override summary = 'Say what failed first, where and why, and how to run just that again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 3fbcf898 --budget 800',
    '<%= config.bin %> <%= command.id %> 01a1fbb4-d6c3-7b35-ae15-375c464934ff --junit > junit.xml',
    '<%= config.bin %> <%= command.id %> --html report.html',
  ]
  static override args = {
    record: Args.string({
      summary: 'Job, run (the beginning of an id will do) or path of one; the latest run when left out.',
      required: false,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    ...REPORT_FLAGS,
    'exit-code': Flags.boolean({summary: "Exit with the run's own status instead of 0."}),
  }
  protected override readonly kind = 'report'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Report)
    const cwd = process.cwd()
    const format = reportFormat(flags)
    const page = htmlTarget(
      flags.html,
      [format, ...(this.jsonEnabled() ? ['json'] : [])].filter((name) => name !== 'text'),
    )
    const places = placesOf(process.env, flags['config-dir'] ?? null)
    const record = findTarget({places, repo: places.repository((await findRepository(cwd)).key), cwd}, args.record)
    const {run, text, input, result, envelope} = reportOn(record, {
      format,
      budget: flags.budget ?? null,
      colours: wantsColour(process.stdout, flags),
      columns: columnsOf(process.stdout),
      exitCode: flags['exit-code'],
    })
    const html =
      page === null
        ? null
        : await writePage(page, renderHtml(await reportHtml(run, input, hrefFrom(page, cwd)), pageCode()), cwd, process.stdout)
    if (format === 'github')
      githubPresenter((command) => process.stdout.write(command), process.env).report(input, run.id.slice(0, 12), folderInRepository(cwd))
    else if (!this.jsonEnabled() && page !== '-') process.stdout.write(text)
    if (html !== null) process.stderr.write(`page: ${html}\n`)
    // The page's path is on stderr; within a budget there may be no room for it.
    const full = flags.budget === undefined ? {...result, html} : result
    return {result: full, exitCode: flags['exit-code'] ? run.exit_code : 0, ...envelope}
  }
}
