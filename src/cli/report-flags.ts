import * as Flags from '@oclif/core/flags'
import {RchError} from '@rch/contract'
import {MIN_BUDGET} from '../reports/render-text.ts'

export type ReportFormat = 'text' | 'junit' | 'sarif' | 'annotations' | 'github'

const OTHERS = ['json', 'junit', 'sarif', 'annotations', 'github', 'events']
const format = (name: string, summary: string) =>
  Flags.boolean({summary, exclusive: OTHERS.filter((other) => other !== name), helpGroup: 'FORMAT'})

/** How a report is printed; one at a time. */
export const REPORT_FLAGS = {
  junit: format('junit', 'Print JUnit XML.'),
  sarif: format('sarif', 'Print SARIF 2.1.0.'),
  annotations: format('annotations', 'Print annotations as JSON.'),
  github: format('github', 'Print workflow commands of GitHub Actions, and append to the job summary.'),
  html: Flags.string({
    summary: 'Write one self-contained page to this file as well; `-` prints it instead of a report.',
    helpValue: 'FILE|-',
    helpGroup: 'FORMAT',
  }),
  budget: Flags.integer({
    summary: `Keep the text within this many tokens (at least ${MIN_BUDGET}), the most useful parts first.`,
    min: MIN_BUDGET,
    helpGroup: 'FORMAT',
  }),
}

export function reportFormat(flags: Readonly<Record<'junit' | 'sarif' | 'annotations' | 'github', boolean>>): ReportFormat {
  return (['junit', 'sarif', 'annotations', 'github'] as const).find((name) => flags[name]) ?? 'text'
}

/** Where the page goes; null for no page. `usage_error` when it and another form would both go to standard output. */
export function htmlTarget(html: string | undefined, others: readonly string[]): string | null {
  if (html === '-' && others.length > 0)
    throw new RchError('usage_error', `--html - and --${others[0]} would both be printed.`, {
      data: {flags: ['html', ...others]},
      hint: 'Name a file for the page: `--html report.html`.',
    })
  return html ?? null
}
