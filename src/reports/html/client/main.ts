import {drawDiagnostics} from './diagnostics.ts'
import {byId, el, fill} from './elements.ts'
import {drawFacts} from './facts.ts'
import {drawFailedFirst} from './failed-first.ts'
import {drawHeader} from './header.ts'
import {createLogs} from './logs.ts'
import type {HtmlReport} from './model.ts'
import {goTo, parseLineHash} from './navigation.ts'
import {createTestsTable} from './tests-table.ts'
import {drawTimeline} from './timeline.ts'

const PRINTED_TESTS = 1000
const PRINTED_LINES = 400

const report: HtmlReport = JSON.parse(byId('report')?.textContent ?? '{}')
drawPage(report)

function drawPage(report: HtmlReport): void {
  const table = report.tests !== null && report.tests.rows.length > 0 ? createTestsTable(report.tests) : null
  const logs = createLogs(report)
  const header = drawHeader(report, (outcome) => table?.filter(outcome))
  const sections = [
    drawFailedFirst(report),
    drawTimeline(report),
    table?.element ?? null,
    // Of a command that was refused nothing was built.
    report.state === 'rejected' ? null : drawDiagnostics(report),
    logs?.element ?? null,
    drawFacts(report),
  ].filter((one) => one !== null)
  const links = sections.map(({id}) => {
    const link = el('a', {href: `#${id}`}, titleOf(id, sections))
    link.addEventListener('click', (event) => {
      event.preventDefault()
      goTo(id)
    })
    return el('li', {}, link)
  })
  fill(document.body, [
    el('a', {href: '#content', class: 'skip'}, 'Skip to the report'),
    header,
    el('nav', {'aria-label': 'Sections'}, el('ul', {}, ...links)),
    el('main', {id: 'content', tabindex: -1}, ...sections),
  ])
  const follow = (): void => {
    const place = parseLineHash(location.hash)
    if (place !== null) logs?.show(place)
  }
  addEventListener('hashchange', follow)
  // The same line may be asked for twice in a row.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link !== null && link.getAttribute('href') === location.hash) follow()
  })
  queueMicrotask(follow)
  let paper: readonly Element[] = []
  let opened: readonly HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    const lines = logs?.printed(PRINTED_LINES)
    const rows = table?.printed(PRINTED_TESTS)
    if (rows !== undefined) table?.element.append(rows)
    if (lines !== undefined) logs?.element.append(lines)
    paper = [rows, lines].filter((one) => one !== undefined)
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
    for (const one of opened) one.open = true
  })
  addEventListener('afterprint', () => {
    for (const one of paper) one.remove()
    for (const one of opened) one.open = false
    paper = []
    opened = []
  })
}

function titleOf(id: string, sections: readonly HTMLElement[]): string {
  return sections.find((one) => one.id === id)?.querySelector('h2')?.textContent ?? id
}
