import {button, el, section} from './elements.ts'
import {createLogView, type LogView} from './log-view.ts'
import type {HtmlLogPlace, HtmlReport} from './model.ts'
import {plural} from './words.ts'

export interface Logs {
  readonly element: HTMLElement
  show(place: HtmlLogPlace): void
  printed(limit: number): HTMLElement
}

/** The logs, one at a time. Null when none is kept. */
export function createLogs({logs}: HtmlReport): Logs | null {
  if (logs.length === 0) return null
  const views = new Map<number, LogView>()
  const holder = el('div', {})
  const tabs = logs.map(({label}, index) => button(label, () => choose(index), {class: 'filter', 'aria-pressed': 'false'}))
  let chosen = -1

  const choose = (index: number): LogView | null => {
    const log = logs[index]
    if (log === undefined) return null
    const view = views.get(index) ?? createLogView(log, index)
    views.set(index, view)
    if (index === chosen) return view
    chosen = index
    holder.replaceChildren(view.element)
    view.draw()
    for (const [at, tab] of tabs.entries()) tab.setAttribute('aria-pressed', String(at === index))
    return view
  }

  const lines = logs.reduce((sum, log) => sum + log.lines, 0)
  const element = section(
    'log',
    'Log',
    plural(lines, 'line'),
    tabs.length > 1 ? el('div', {class: 'toolbar', role: 'group', 'aria-label': 'Step'}, ...tabs) : null,
    holder,
  )
  // What failed is what is read first.
  const first = logs.findIndex(({marks}) => marks.some(({kind}) => kind === 'error'))
  queueMicrotask(() => choose(Math.max(0, first)))
  return {
    element,
    show([log, line]) {
      choose(log)?.show(line)
      element.scrollIntoView()
      element.querySelector<HTMLElement>('.log')?.focus({preventScroll: true})
    },
    printed: (limit) => choose(Math.max(chosen, 0))?.printed(limit) ?? el('div'),
  }
}
