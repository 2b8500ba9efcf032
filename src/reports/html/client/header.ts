import {el, fill} from './elements.ts'
import type {HtmlOutcome, HtmlReport} from './model.ts'
import {duration, number, OUTCOME_SIGNS, plural, STATE_SIGNS, STATE_WORDS} from './words.ts'

/** The verdict, what must not be missed, and the numbers; each number leads to what it counts. */
export function drawHeader(report: HtmlReport, showOutcome: (outcome: HtmlOutcome | 'retried' | null) => void): HTMLElement {
  const {state, headline, title, marks, finished_at: finished, seconds} = report
  const when = [
    finished === null ? null : el('time', {datetime: finished}, dateText(finished)),
    seconds === null ? null : el('span', {}, `took ${duration(seconds)}`),
  ]
  return el(
    'header',
    {class: `verdict ${state}`},
    el(
      'div',
      {class: 'verdict-line'},
      el('span', {class: 'sign', 'aria-hidden': 'true'}, STATE_SIGNS[state]),
      el('div', {}, el('p', {class: 'kicker'}, title), el('h1', {}, el('span', {class: 'spoken'}, `${STATE_WORDS[state]}: `), headline)),
    ),
    el(
      'ul',
      {class: 'marks', 'aria-label': 'About this record'},
      ...when.map((one) => (one === null ? null : el('li', {class: 'mark when'}, one))),
      ...marks.map(({text, tone, detail}) => el('li', {class: `mark ${tone}`, title: detail}, text)),
    ),
    state === 'rejected' ? null : drawTiles(report, showOutcome),
  )
}

function drawTiles({tests, build}: HtmlReport, showOutcome: (outcome: HtmlOutcome | 'retried' | null) => void): HTMLElement {
  const tiles: HTMLElement[] = []
  const tile = (count: number, word: string, kind: string, href: string, onClick: (() => void) | null, sign: string): void => {
    const link = el('a', {href, class: `tile ${kind}${count === 0 ? ' none' : ''}`})
    fill(link, [
      el('span', {class: 'tile-count'}, number(count)),
      el('span', {class: 'tile-word'}, el('span', {'aria-hidden': 'true', class: 'tile-sign'}, sign), word),
    ])
    if (onClick !== null) link.addEventListener('click', onClick)
    tiles.push(el('li', {}, link))
  }
  if (tests !== null && tests.total > 0) {
    const {counts, retried} = tests
    const add = (outcome: HtmlOutcome, word: string, always: boolean): void => {
      if (always || counts[outcome] > 0) tile(counts[outcome], word, outcome, '#tests', () => showOutcome(outcome), OUTCOME_SIGNS[outcome])
    }
    add('failed', 'failed', true)
    add('unknown', 'without an end', false)
    add('passed', 'passed', true)
    add('skipped', 'skipped', false)
    add('expected_failure', 'expected failures', false)
    if (retried > 0) tile(retried, 'saved by a retry', 'retried', '#tests', () => showOutcome('retried'), '↻')
  }
  tile(build.errors, build.errors === 1 ? 'error' : 'errors', 'error', '#diagnostics', null, '✘')
  tile(build.warnings, build.warnings === 1 ? 'warning' : 'warnings', 'warning', '#diagnostics', null, '▲')
  return el(
    'ul',
    {class: 'tiles', 'aria-label': tests === null ? 'Numbers' : `Numbers of ${plural(tests.total, 'test')} and of the build`},
    ...tiles,
  )
}

/** As the reader's own clock says it; the exact time stays in the element. */
function dateText(timestamp: string): string {
  const date = new Date(timestamp)
  return Number.isNaN(date.getTime()) ? timestamp : new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'short'}).format(date)
}
