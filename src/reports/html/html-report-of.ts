import type {FailedTestView, Findings} from '../findings.ts'
import {visible} from '../visible.ts'
import type {HtmlFacts, HtmlLog, HtmlMark, HtmlPhase, HtmlReport, HtmlState, HtmlTrouble} from './client/model.ts'
import {htmlBuild, shown} from './html-build.ts'
import {htmlTests} from './html-tests.ts'
import type {LogExcerpt} from './log-excerpt.ts'
import {placesIn} from './log-places.ts'

/** One log with what was found in it. */
export interface ExcerptedLog extends Pick<HtmlLog, 'label' | 'name' | 'href'> {
  readonly excerpt: ReturnType<LogExcerpt['end']>
}

export interface HtmlParts {
  readonly title: string
  readonly state: HtmlState
  readonly headline: string
  readonly finished_at: string | null
  readonly seconds: number | null
  readonly marks: readonly HtmlMark[]
  readonly troubles: readonly HtmlTrouble[]
  readonly findings: Findings
  readonly again: (view: FailedTestView) => string | null
  readonly phases: readonly HtmlPhase[]
  readonly logs: readonly ExcerptedLog[]
  readonly facts: readonly HtmlFacts[]
}

/** Puts a page's data together, of a record or of a log alike; every text in it is safe to show. Pure. */
export function htmlReportOf(parts: HtmlParts): HtmlReport {
  const {findings, again, logs} = parts
  const placeOf = placesIn(logs.map(({excerpt}) => excerpt.places))
  return {
    title: visible(parts.title),
    state: parts.state,
    headline: visible(parts.headline),
    finished_at: parts.finished_at,
    seconds: parts.seconds,
    marks: parts.marks.map(({text, tone, detail}) => ({text: visible(text), tone, detail: shown(detail)})),
    troubles: parts.troubles.map(({code, message, hint}) => ({code: visible(code), message: shown(message), hint: shown(hint)})),
    tests: findings.tests === null ? null : htmlTests(findings.tests, again, placeOf),
    build: htmlBuild(findings.build, placeOf),
    phases: parts.phases.map((phase) => ({...phase, name: visible(phase.name)})),
    logs: logs.map(({label, name, href, excerpt: {lines, pieces, marks}}) => ({
      label: visible(label),
      name: visible(name),
      href,
      lines,
      pieces,
      marks,
    })),
    facts: parts.facts
      .map(({title, rows}) => ({
        title,
        rows: rows.filter(({value}) => value !== '').map((row) => ({...row, name: visible(row.name), value: shown(row.value)})),
      }))
      .filter(({rows}) => rows.length > 0),
  }
}
