import {button, copyable, el, section, type Child} from './elements.ts'
import {drawFailures} from './failure-text.ts'
import type {HtmlDiagnostic, HtmlFailedTest, HtmlReport} from './model.ts'
import {logLink} from './navigation.ts'
import {duration, plural} from './words.ts'

/** So many cards at first, and with each press of the button. */
const FIRST = 10
const STEP = 25

/** What went wrong, before everything else. Null when nothing did. */
export function drawFailedFirst(report: HtmlReport): HTMLElement | null {
  const cards = [
    ...report.troubles.map(troubleCard),
    ...errorCards(report),
    ...reasonCards(report),
    ...(report.tests?.failed ?? []).map((test) => () => testCard(test)),
  ]
  if (cards.length === 0) return null
  const list = el('ol', {class: 'cards'})
  const more = el('p', {class: 'more'})
  const grow = (): void => {
    const first = list.childElementCount
    list.append(...cards.slice(first, first + (first === 0 ? FIRST : STEP)).map((draw) => el('li', {class: 'card'}, ...draw())))
    const left = cards.length - list.childElementCount
    more.replaceChildren(...(left > 0 ? [button(`Show ${Math.min(STEP, left)} more of ${left}`, grow)] : []))
    const next = list.children[first]
    if (first > 0 && next instanceof HTMLElement) {
      next.tabIndex = -1
      next.focus()
    }
  }
  grow()
  return section('failed', 'What failed', cards.length > 1 ? plural(cards.length, 'thing') : null, list, more)
}

type Draw = () => readonly Child[]

function troubleCard({code, message, hint}: HtmlReport['troubles'][number]): Draw {
  return () => [
    el('h3', {}, el('code', {}, code)),
    el('pre', {class: 'message'}, message),
    hint === '' ? null : el('p', {class: 'hint'}, hint),
  ]
}

function errorCards({build}: HtmlReport): Draw[] {
  return build.files.flatMap(({file, items}) =>
    items.filter(({severity}) => severity === 'error').map((item) => () => errorCard(file, item)),
  )
}

function errorCard(file: string | null, item: HtmlDiagnostic): readonly Child[] {
  const {message, line, column, category, details, targets, count, log} = item
  const place = file === null ? null : [file, line, line === null ? null : column].filter((part) => part !== null).join(':')
  return [
    el('h3', {}, place === null ? `${category} error` : el('code', {}, place)),
    el('pre', {class: 'message'}, message),
    details.length === 0 ? null : el('pre', {class: 'details'}, details.join('\n')),
    line3([targets.length === 0 ? null : targets.join(', '), count > 1 ? `reported ${count} times` : null], log),
  ]
}

function reasonCards({build}: HtmlReport): Draw[] {
  return build.reasons.map((reason) => () => [el('h3', {}, 'Build failure'), el('pre', {class: 'message'}, reason)])
}

function testCard(test: HtmlFailedTest): readonly Child[] {
  const {id, display, devices, arguments: given, failures, crashed, timed_out, seconds, again, log} = test
  const what = crashed ? 'crashed' : timed_out ? 'took longer than its time allowance' : null
  return [
    el('h3', {}, el('code', {}, id), display === null ? null : el('span', {class: 'display'}, ` “${display}”`)),
    what === null ? null : el('p', {class: 'badge-line'}, el('span', {class: 'badge bad'}, what)),
    failures.length > 0 ? drawFailures(failures) : what === null ? el('p', {class: 'note'}, 'It printed no message.') : null,
    given.length === 0
      ? null
      : el(
          'p',
          {class: 'note'},
          given.length > 6 ? `arguments: ${given.slice(0, 6).join(' · ')} and ${given.length - 6} more` : `arguments: ${given.join(' · ')}`,
        ),
    line3([devices.join(', '), seconds === null ? null : duration(seconds)], log),
    again === null
      ? null
      : el(
          'div',
          {class: 'again'},
          el('span', {class: 'again-label'}, 'Run just this'),
          copyable(again, 'the command that runs just this test'),
        ),
  ]
}

function line3(parts: readonly (string | null)[], log: HtmlDiagnostic['log']): Child {
  const text = parts.filter((part) => part !== null && part !== '').join(' · ')
  const link = logLink(log)
  if (text === '' && link === null) return null
  return el('p', {class: 'about'}, text, text === '' || link === null ? null : ' · ', link)
}
