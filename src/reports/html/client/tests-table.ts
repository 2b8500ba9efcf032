import {button, el, fill, section} from './elements.ts'
import type {HtmlOutcome, HtmlTest, HtmlTests} from './model.ts'
import {searchText, selectTests, type TestOrder, type TestQuery} from './select-tests.ts'
import {showTest, wordOf} from './test-details.ts'
import {createVirtualList} from './virtual-list.ts'
import {duration, number, OUTCOME_SIGNS, OUTCOME_WORDS, OUTCOMES, plural} from './words.ts'

export interface TestsTable {
  readonly element: HTMLElement
  /** Shows the tests of one outcome, all with null. */
  filter(outcome: TestQuery['outcome']): void
  /** Puts up to so many rows into an ordinary table for paper, failures first. */
  printed(limit: number): HTMLElement
}

const COLUMNS: readonly {readonly order: TestOrder; readonly title: string}[] = [
  {order: 'outcome', title: 'Outcome'},
  {order: 'name', title: 'Test'},
  {order: 'device', title: 'Device'},
  {order: 'seconds', title: 'Time'},
]

/** All tests: filter, search, sort. Only the rows in sight exist as elements; the grid's own counts tell a screen reader the rest. */
export function createTestsTable(tests: HtmlTests): TestsTable {
  const {rows} = tests
  const texts = rows.map(searchText)
  const columns = rows.some(({device}) => device !== undefined) ? COLUMNS : COLUMNS.filter(({order}) => order !== 'device')
  let query: TestQuery = {outcome: null, search: '', order: 'outcome', descending: false}
  let chosen: readonly number[] = []
  let active = 0

  const status = el('p', {class: 'status', role: 'status'})
  const panel = el('div', {class: 'panel test-details', role: 'region', 'aria-label': 'Selected test', tabindex: -1})
  const heads = columns.map(({order, title}) => {
    const sort = button(title, () => setQuery({order, descending: query.order === order ? !query.descending : order === 'seconds'}), {
      tabindex: 0,
    })
    return {order, cell: el('div', {role: 'columnheader', class: `cell ${order}`}, sort)}
  })
  const header = el(
    'div',
    {role: 'rowgroup', class: 'grid-head'},
    el('div', {role: 'row', 'aria-rowindex': 1, class: 'row'}, ...heads.map(({cell}) => cell)),
  )
  const body = el('div', {role: 'rowgroup', class: 'grid-body'})
  const grid = el(
    'div',
    {
      role: 'grid',
      class: `grid columns-${columns.length}`,
      tabindex: 0,
      'aria-label': 'Tests',
      'aria-colcount': columns.length,
      'aria-describedby': 'tests-keys',
    },
    header,
    body,
  )
  const list = createVirtualList(grid, body, header, (row) => drawRow(rows[chosen[row] ?? -1], row, row === active, columns))

  const search = el('input', {
    type: 'search',
    placeholder: 'Name, message, file, device',
    'aria-label': 'Search tests',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  search.addEventListener('input', () => setQuery({search: search.value}))
  const filters = filterButtons(tests, (outcome) => setQuery({outcome}))

  const setQuery = (change: Partial<TestQuery>): void => {
    query = {...query, ...change}
    chosen = selectTests(rows, texts, query)
    active = 0
    grid.scrollTop = 0
    grid.setAttribute('aria-rowcount', String(chosen.length + 1))
    for (const {outcome, element} of filters) element.setAttribute('aria-pressed', String(outcome === query.outcome))
    for (const {order, cell} of heads)
      cell.setAttribute('aria-sort', order !== query.order ? 'none' : query.descending ? 'descending' : 'ascending')
    fill(status, [chosen.length === rows.length ? plural(rows.length, 'row') : `${number(chosen.length)} of ${plural(rows.length, 'row')}`])
    list.update(chosen.length)
    activate(0)
  }

  const activate = (row: number): void => {
    list.rowElement(active)?.setAttribute('aria-selected', 'false')
    active = Math.max(0, Math.min(row, chosen.length - 1))
    if (chosen.length > 0) list.reveal(active)
    const element = list.rowElement(active)
    element?.setAttribute('aria-selected', 'true')
    if (element === null) grid.removeAttribute('aria-activedescendant')
    else grid.setAttribute('aria-activedescendant', element.id)
    showTest(panel, rows[chosen[active] ?? -1] ?? null)
  }

  grid.addEventListener('keydown', (event) => {
    if (event.target !== grid || event.altKey || event.ctrlKey || event.metaKey) return
    const page = list.rowsPerPage()
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: chosen.length - 1,
    }
    const to = moves[event.key]
    if (to === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (to === undefined) panel.focus()
    else activate(to)
  })
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') grid.focus()
  })
  body.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest('[role=row]') : null
    if (row !== null) activate(Number(row.getAttribute('aria-rowindex')) - 2)
  })

  const keys = 'Arrow keys, Page Up and Down, Home and End move; Enter reads the details, Escape comes back.'
  const element = section(
    'tests',
    'Tests',
    countText(tests),
    el(
      'div',
      {class: 'toolbar'},
      el('div', {class: 'filters', role: 'group', 'aria-label': 'Show'}, ...filters.map(({element}) => element)),
      search,
      status,
    ),
    el('div', {class: 'tests-split'}, grid, panel),
    el('p', {class: 'keys', id: 'tests-keys'}, keys),
  )
  // The grid has no size before it is in the page.
  queueMicrotask(() => setQuery({}))
  return {element, filter: (outcome) => setQuery({outcome}), printed: (limit) => printedTable(rows, chosen, limit, columns)}
}

/** One test may have several rows: devices, arguments. */
function countText({total, rows, truncated}: HtmlTests): string {
  if (truncated) return `${plural(total, 'test')} ran; ${plural(rows.length, 'row')} are kept`
  return total === rows.length ? plural(total, 'test') : `${plural(total, 'test')} in ${plural(rows.length, 'row')}`
}

function filterButtons(
  tests: HtmlTests,
  choose: (outcome: TestQuery['outcome']) => void,
): {outcome: TestQuery['outcome']; element: HTMLElement}[] {
  const counted = new Map<HtmlOutcome, number>()
  for (const {outcome} of tests.rows) counted.set(outcome, (counted.get(outcome) ?? 0) + 1)
  const retried = tests.rows.filter((row) => row.retried === true).length
  const make = (outcome: TestQuery['outcome'], word: string, count: number) => ({
    outcome,
    element: button(word, () => choose(outcome), {
      class: 'filter',
      'aria-pressed': 'false',
      'aria-label': `${word}: ${count}`,
      'data-count': number(count),
    }),
  })
  return [
    make(null, 'All', tests.rows.length),
    ...OUTCOMES.filter((outcome) => counted.has(outcome)).map((outcome) =>
      make(outcome, OUTCOME_WORDS[outcome], counted.get(outcome) ?? 0),
    ),
    ...(retried > 0 ? [make('retried', 'retried', retried)] : []),
  ]
}

function drawRow(row: HtmlTest | undefined, index: number, selected: boolean, columns: typeof COLUMNS): HTMLElement {
  const element = el('div', {
    role: 'row',
    id: `test-row-${index}`,
    class: 'row',
    'aria-rowindex': index + 2,
    'aria-selected': String(selected),
  })
  if (row !== undefined)
    fill(
      element,
      columns.map(({order}, column) =>
        el('div', {role: 'gridcell', class: `cell ${order}`, 'aria-colindex': column + 1}, ...cellOf(row, order)),
      ),
    )
  return element
}

function cellOf(row: HtmlTest, order: TestOrder): (Node | string)[] {
  if (order === 'name') return nameOf(row)
  if (order === 'device') return [row.device ?? '']
  if (order === 'seconds') return [row.seconds === undefined ? '' : duration(row.seconds)]
  return [el('span', {class: `chip ${row.outcome}`}, el('span', {'aria-hidden': 'true'}, `${OUTCOME_SIGNS[row.outcome]} `), wordOf(row))]
}

/** The name first: in a narrow column it is what tells tests apart. */
function nameOf({id, display, arguments: given}: HtmlTest): Node[] {
  const cut = id.lastIndexOf('/')
  const more = [display === undefined ? '' : ` “${display}”`, given === undefined ? '' : ` (${given})`].join('')
  return [
    el('span', {class: 'test-name', title: id}, id.slice(cut + 1)),
    ...(more === '' ? [] : [el('span', {class: 'test-more'}, more)]),
    ...(cut < 0 ? [] : [el('span', {class: 'test-in'}, `  ${id.slice(0, cut)}`)]),
  ]
}

function printedTable(rows: readonly HtmlTest[], chosen: readonly number[], limit: number, columns: typeof COLUMNS): HTMLElement {
  const shown = chosen.slice(0, limit).flatMap((index) => rows[index] ?? [])
  const table = el(
    'table',
    {},
    el('thead', {}, el('tr', {}, ...columns.map(({title}) => el('th', {scope: 'col'}, title)))),
    el('tbody', {}, ...shown.map((row) => el('tr', {}, ...columns.map(({order}) => el('td', {}, ...cellOf(row, order)))))),
  )
  return el(
    'div',
    {class: 'printed'},
    table,
    chosen.length > shown.length ? el('p', {}, `The first ${number(shown.length)} of ${number(chosen.length)}.`) : null,
  )
}
