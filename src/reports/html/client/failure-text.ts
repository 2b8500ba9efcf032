import {el} from './elements.ts'
import type {HtmlFailure} from './model.ts'

/** Failures of one test: message, place, details. */
export function drawFailures(failures: readonly HtmlFailure[]): HTMLElement {
  return el(
    'ul',
    {class: 'failures'},
    ...failures.map(({message, place, details}) =>
      el(
        'li',
        {},
        el('pre', {class: 'message'}, message),
        place === null ? null : el('code', {class: 'place'}, place),
        details.length === 0 ? null : el('pre', {class: 'details'}, details.join('\n')),
      ),
    ),
  )
}
