import {el, fill} from './elements.ts'
import {drawFailures} from './failure-text.ts'
import type {HtmlTest} from './model.ts'
import {logLink} from './navigation.ts'
import {duration, OUTCOME_SIGNS, OUTCOME_WORDS} from './words.ts'

/** Everything about one row, beside the table. */
export function showTest(panel: HTMLElement, row: HtmlTest | null): void {
  if (row === null) {
    fill(panel, [el('p', {class: 'empty'}, 'No test fits.')])
    return
  }
  const {id, display, outcome, failures, reason, repetitions, log} = row
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Device', row.device],
    ['Configuration', row.configuration],
    ['Arguments', row.arguments],
    ['Time', row.seconds === undefined ? undefined : duration(row.seconds)],
    ['Tags', row.tags?.join(', ')],
    [outcome === 'skipped' ? 'Skipped because' : 'Reason', reason],
  ]
  const link = logLink(log)
  fill(panel, [
    el(
      'h3',
      {},
      el('span', {class: `chip ${outcome}`}, el('span', {'aria-hidden': 'true'}, `${OUTCOME_SIGNS[outcome]} `), wordOf(row)),
      ' ',
      el('code', {}, id),
    ),
    display === undefined ? null : el('p', {class: 'display'}, `“${display}”`),
    failures === undefined ? null : drawFailures(failures),
    el(
      'dl',
      {},
      ...facts.map(([name, value]) =>
        value === undefined || value === '' ? null : el('div', {}, el('dt', {}, name), el('dd', {}, value)),
      ),
    ),
    repetitions === undefined
      ? null
      : el(
          'ol',
          {class: 'repetitions', 'aria-label': 'Repetitions'},
          ...repetitions.map((one) =>
            el(
              'li',
              {},
              el(
                'span',
                {class: `chip ${one.outcome}`},
                el('span', {'aria-hidden': 'true'}, `${OUTCOME_SIGNS[one.outcome]} `),
                `run ${one.iteration} ${OUTCOME_WORDS[one.outcome]}`,
              ),
              one.seconds === null ? null : ` ${duration(one.seconds)}`,
              one.failures.length === 0 ? null : drawFailures(one.failures),
            ),
          ),
        ),
    link === null ? null : el('p', {class: 'about'}, link),
  ])
}

/** The outcome, or what tells more than it. */
export function wordOf({outcome, crashed, timed_out, retried}: HtmlTest): string {
  if (outcome === 'failed') return crashed === true ? 'crashed' : timed_out === true ? 'timed out' : 'failed'
  return retried === true ? `${OUTCOME_WORDS[outcome]} on retry` : OUTCOME_WORDS[outcome]
}
