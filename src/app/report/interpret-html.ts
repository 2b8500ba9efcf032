import type {HtmlReport, HtmlState} from '../../reports/html/client/model.ts'
import {phasesOfFindings} from '../../reports/html/html-phases.ts'
import {htmlReportOf} from '../../reports/html/html-report-of.ts'
import type {LogExcerpt} from '../../reports/html/log-excerpt.ts'
import {headline} from '../../reports/words.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'
import type {Interpreted} from './interpret-log.ts'

/** A log that was read as a page's data. */
export function interpretHtml(
  {findings, code, succeeded}: Interpreted,
  {again}: ReportInput,
  excerpt: LogExcerpt,
  source: {readonly name: string; readonly href: string | null},
): HtmlReport {
  const name = source.name === '-' ? 'xcodebuild' : source.name
  const state: HtmlState = code !== null ? 'failed' : succeeded ? 'succeeded' : 'unknown'
  const {tests, build} = findings
  return htmlReportOf({
    title: name,
    state,
    headline: headline(findings, code),
    finished_at: null,
    seconds: tests?.seconds ?? build.phases.findLast(({seconds}) => seconds !== null)?.seconds ?? null,
    marks: (tests?.devices ?? []).map((device) => ({text: device.name, tone: 'plain', detail: 'device'})),
    troubles: [],
    findings,
    again,
    phases: phasesOfFindings(build.phases, null),
    logs: [{label: '', name: source.name === '-' ? 'standard input' : source.name, href: source.href, excerpt: excerpt.end()}],
    facts:
      build.packages.length === 0
        ? []
        : [
            {
              title: 'Packages',
              rows: build.packages.map(({name, version, url}) => ({
                name,
                value: [version, url].filter((part) => part !== null).join(' · '),
              })),
            },
          ],
  })
}
