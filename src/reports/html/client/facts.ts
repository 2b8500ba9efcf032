import {copyable, el, section} from './elements.ts'
import type {HtmlReport} from './model.ts'

/** Longer groups are closed at first. */
const LONG = 14

/** Environment and identity. Null when nothing is known. */
export function drawFacts({facts}: HtmlReport): HTMLElement | null {
  if (facts.length === 0) return null
  return section(
    'environment',
    'Environment and identity',
    null,
    el(
      'div',
      {class: 'fact-groups'},
      ...facts.map(({title, rows}) => {
        const list = el(
          'dl',
          {},
          ...rows.map(({name, value, code}) =>
            el('div', {}, el('dt', {}, name), el('dd', {}, code === true ? copyable(value, name) : value)),
          ),
        )
        return el(
          'div',
          {class: 'panel facts'},
          el('h3', {}, title),
          rows.length > LONG ? el('details', {}, el('summary', {}, `Show all ${rows.length}`), list) : list,
        )
      }),
    ),
  )
}
