import {button, el, section} from './elements.ts'
import type {HtmlDiagnostic, HtmlFile, HtmlReport} from './model.ts'
import {logLink} from './navigation.ts'
import {plural} from './words.ts'

const FILES = 40
const ITEMS = 100
const SIGNS: Readonly<Record<HtmlDiagnostic['severity'], string>> = {error: '✘', warning: '▲', note: 'ℹ'}

/** Errors, warnings and notes by file; files with errors first and open. */
export function drawDiagnostics({build}: HtmlReport): HTMLElement {
  const {files, errors, warnings, notes, truncated, differences} = build
  const counts = [
    errors > 0 ? plural(errors, 'error') : null,
    warnings > 0 ? plural(warnings, 'warning') : null,
    notes > 0 ? plural(notes, 'note') : null,
  ].filter((part) => part !== null)
  const list = el('div', {class: 'panel files'})
  growing(list, files, FILES, 'files', (file, index) => drawFile(file, file.errors > 0 || (index === 0 && files.length === 1)))
  return section(
    'diagnostics',
    'Diagnostics by file',
    counts.length === 0 ? null : counts.join(', '),
    files.length === 0 ? el('p', {class: 'empty'}, 'No errors, no warnings.') : list,
    truncated ? el('p', {class: 'note'}, 'More were seen than are listed here.') : null,
    differences.length === 0 ? null : drawDifferences(differences),
  )
}

function drawFile({file, errors, warnings, notes, items}: HtmlFile, open: boolean): HTMLElement {
  const details = el('details', {open, class: 'file'})
  const body = el('ul', {class: 'diagnostics'})
  let filled = false
  const fillOnce = (): void => {
    if (filled) return
    filled = true
    growing(body, items, ITEMS, 'more', drawDiagnostic)
  }
  if (open) fillOnce()
  details.addEventListener('toggle', fillOnce)
  const counts = [
    errors > 0 ? el('span', {class: 'badge bad'}, plural(errors, 'error')) : null,
    warnings > 0 ? el('span', {class: 'badge caution'}, plural(warnings, 'warning')) : null,
    notes > 0 ? el('span', {class: 'badge'}, plural(notes, 'note')) : null,
  ]
  details.append(
    el(
      'summary',
      {},
      file === null ? el('span', {class: 'file-name'}, 'without a file') : el('code', {class: 'file-name'}, file),
      el('span', {class: 'badges'}, ...counts),
    ),
    body,
  )
  return details
}

function drawDiagnostic(item: HtmlDiagnostic): HTMLElement {
  const {severity, message, line, column, category, code, targets, details, count, log} = item
  const about = [targets.join(', '), code, category === 'compiler' ? null : category, count > 1 ? `${count} times` : null]
    .filter((part) => part !== null && part !== '')
    .join(' · ')
  const link = logLink(log)
  return el(
    'li',
    {class: `diagnostic ${severity}`},
    el('span', {class: 'severity'}, el('span', {'aria-hidden': 'true'}, SIGNS[severity]), el('span', {class: 'spoken'}, severity)),
    el('span', {class: 'at'}, line === null ? '' : `${line}${column === null ? '' : `:${column}`}`),
    el(
      'div',
      {class: 'said'},
      el('pre', {class: 'message'}, message),
      details.length === 0 ? null : el('pre', {class: 'details'}, details.join('\n')),
      about === '' && link === null ? null : el('p', {class: 'about'}, about, about === '' || link === null ? null : ' · ', link),
    ),
  )
}

/** Draws a long list in portions. */
function growing<T>(
  parent: HTMLElement,
  all: readonly T[],
  portion: number,
  what: string,
  draw: (one: T, index: number) => HTMLElement,
): void {
  let shown = 0
  const inList = parent instanceof HTMLUListElement
  const grow = (): void => {
    const next = all.slice(shown, shown + portion).map((one, index) => draw(one, shown + index))
    parent.append(...next)
    shown += next.length
    const left = all.length - shown
    if (left === 0) return
    const more: HTMLButtonElement = button(
      `Show ${Math.min(portion, left)} more of ${left}`,
      () => {
        holder.remove()
        grow()
      },
      {'aria-label': `Show ${Math.min(portion, left)} more of ${left} ${what}`},
    )
    const holder = inList ? el('li', {class: 'more'}, more) : el('p', {class: 'more'}, more)
    parent.append(holder)
  }
  grow()
}

function drawDifferences(differences: HtmlReport['build']['differences']): HTMLElement {
  return el(
    'details',
    {class: 'panel differences'},
    el('summary', {}, `Result bundle and log differ in ${plural(differences.length, 'point')}`),
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el('tr', {}, el('th', {scope: 'col'}, 'Field'), el('th', {scope: 'col'}, 'Result bundle'), el('th', {scope: 'col'}, 'Log')),
      ),
      el(
        'tbody',
        {},
        ...differences.map(({field, result_bundle, log}) =>
          el('tr', {}, el('th', {scope: 'row'}, field), el('td', {}, el('code', {}, result_bundle)), el('td', {}, el('code', {}, log))),
        ),
      ),
    ),
  )
}
