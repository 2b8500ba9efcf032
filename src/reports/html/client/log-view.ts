import {button, el, fill} from './elements.ts'
import {findRows, logRows, type LogRows} from './log-lines.ts'
import type {HtmlLog} from './model.ts'
import {lineHash} from './navigation.ts'
import {createVirtualList} from './virtual-list.ts'
import {number, plural} from './words.ts'

export interface LogView {
  readonly element: HTMLElement
  /** Brings a line into sight and marks it. */
  show(line: number): void
  /** Draws the rows; the view must be in the page. */
  draw(): void
  /** The lines around what was marked, for paper. */
  printed(limit: number): HTMLElement
}

const MAX_FOUND = 100_000
const AROUND_PRINTED = 3

/** One log: lines with anchors, found and stepped through; what was cut says so. */
export function createLogView(log: HtmlLog, index: number): LogView {
  const held = logRows(log)
  const {rows} = held
  const marks = new Map(log.marks.map(({line, kind}) => [line, kind]))
  const troubles = log.marks.filter(({kind}) => kind === 'error').map(({line}) => line)
  let current: number | null = null
  let found: readonly number[] = []
  let foundSet: ReadonlySet<number> = new Set()

  const body = el('div', {role: 'list', class: 'log-body', 'aria-label': 'Log lines'})
  const viewport = el(
    'div',
    {class: 'log', tabindex: 0, role: 'region', 'aria-label': log.label === '' ? 'Lines of the log' : `Lines of the log of ${log.label}`},
    body,
  )
  const list = createVirtualList(viewport, body, null, (row) => {
    const entry = rows[row]
    const element = el('div', {role: 'listitem', 'aria-setsize': rows.length, 'aria-posinset': row + 1})
    if (entry === undefined) return element
    if (entry.missing > 0) {
      element.className = 'log-row gap'
      fill(element, [`${plural(entry.missing, 'line')} left out: ${entry.line} to ${entry.line + entry.missing - 1}`])
      return element
    }
    const kind = marks.get(entry.line)
    element.className = [
      'log-row',
      kind === undefined ? '' : `told-${kind}`,
      row === current ? 'current' : '',
      foundSet.has(row) ? 'found' : '',
    ]
      .filter((name) => name !== '')
      .join(' ')
    fill(element, [
      el(
        'a',
        {href: lineHash([index, entry.line]), class: 'line-number', tabindex: -1, 'aria-label': `Line ${entry.line}`},
        String(entry.line),
      ),
      el('span', {class: 'line-text'}, entry.text),
    ])
    return element
  })

  const goToRow = (row: number): void => {
    current = row
    list.update(rows.length)
    list.reveal(row, 'middle')
  }

  const status = el('p', {class: 'status', role: 'status'})
  const search = el('input', {
    type: 'search',
    placeholder: 'Find in log',
    'aria-label': `Find in log ${log.label}`,
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const step = (by: 1 | -1, among: readonly number[]): void => {
    if (among.length === 0) return
    const here = current ?? (by === 1 ? -1 : rows.length)
    const next = by === 1 ? (among.find((row) => row > here) ?? among[0]) : (among.findLast((row) => row < here) ?? among.at(-1))
    if (next === undefined) return
    goToRow(next)
    const place = among === found ? `${number(found.indexOf(next) + 1)} of ${number(found.length)}` : `line ${rows[next]?.line ?? ''}`
    fill(status, [place])
  }
  search.addEventListener('input', () => {
    found = findRows(rows, search.value, MAX_FOUND)
    foundSet = new Set(found)
    current = null
    fill(status, [search.value === '' ? '' : found.length === 0 ? 'not found' : `${number(found.length)} found`])
    list.update(rows.length)
    step(1, found)
  })
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    step(event.shiftKey ? -1 : 1, found)
  })
  const errorRows = troubles.flatMap((line) => held.find(line) ?? [])
  const missing = rows.reduce((sum, row) => sum + row.missing, 0)
  const whole = log.href !== null && /^\.{1,2}\//.test(log.href) ? el('a', {href: log.href}, log.name) : el('code', {}, log.name)

  return {
    element: el(
      'div',
      {class: 'log-view'},
      el(
        'div',
        {class: 'toolbar'},
        search,
        button('Previous', () => step(-1, found), {'aria-label': 'Previous match'}),
        button('Next', () => step(1, found), {'aria-label': 'Next match'}),
        errorRows.length === 0 ? null : button('Next error', () => step(1, errorRows)),
        status,
      ),
      missing === 0
        ? null
        : el(
            'p',
            {class: 'note cut'},
            `Cut: ${number(missing)} of ${plural(log.lines, 'line')} are left out here. All of it is in `,
            whole,
            '.',
          ),
      rows.length === 0 ? el('p', {class: 'empty'}, 'The log is empty.') : viewport,
    ),
    show(line) {
      const row = held.find(line)
      if (row !== null) goToRow(row)
    },
    draw: () => list.update(rows.length),
    printed: (limit) => el('pre', {class: 'printed'}, printedLines(log, held, limit)),
  }
}

function printedLines(log: HtmlLog, held: LogRows, limit: number): string {
  const {rows} = held
  const wanted = new Set<number>()
  for (const {line, kind} of log.marks) {
    if (kind === 'warning' || wanted.size >= limit) continue
    const row = held.find(line)
    if (row !== null) for (let near = row - AROUND_PRINTED; near <= row + AROUND_PRINTED; near++) wanted.add(near)
  }
  const lines: string[] = []
  let previous = -1
  for (const row of [...wanted].toSorted((a, b) => a - b)) {
    const entry = rows[row]
    if (entry === undefined || entry.missing > 0) continue
    if (previous >= 0 && row > previous + 1) lines.push('…')
    previous = row
    lines.push(`${String(entry.line).padStart(7)}  ${entry.text}`)
  }
  return lines.length === 0
    ? rows
        .slice(-20)
        .map(({line, text}) => `${String(line).padStart(7)}  ${text}`)
        .join('\n')
    : lines.join('\n')
}
