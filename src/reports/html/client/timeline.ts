import {el, section} from './elements.ts'
import type {HtmlPhase, HtmlReport} from './model.ts'
import {duration} from './words.ts'

const SIGNS: Readonly<Record<HtmlPhase['outcome'], string>> = {succeeded: '✔', failed: '✘', interrupted: '■', unknown: '?'}

/** Phases as a table with a bar each: where the time went. Null when none is known. */
export function drawTimeline({phases}: HtmlReport): HTMLElement | null {
  if (phases.length === 0) return null
  const timed = phases.some(({seconds}) => seconds !== null)
  const steps = phases.some(({step}) => step !== null)
  const placed = place(phases)
  const total = placed.reduce((latest, {start, seconds}) => Math.max(latest, start + seconds), 0)
  const rows = phases.map((phase, index) => {
    const {start, seconds} = placed[index] ?? {start: 0, seconds: 0}
    const bar = el('span', {class: `bar ${phase.outcome}`})
    bar.style.setProperty('left', `${total === 0 ? 0 : (100 * start) / total}%`)
    bar.style.setProperty('width', `${total === 0 ? 0 : (100 * seconds) / total}%`)
    const took = phase.seconds === null ? 'not known' : duration(phase.seconds)
    return el(
      'tr',
      {},
      steps ? el('td', {}, phase.step ?? '') : null,
      el('th', {scope: 'row'}, phase.name.replaceAll('_', ' ')),
      el('td', {class: `outcome ${phase.outcome}`}, el('span', {'aria-hidden': 'true'}, `${SIGNS[phase.outcome]} `), phase.outcome),
      timed ? el('td', {class: 'number'}, took) : null,
      timed ? el('td', {class: 'track', 'aria-hidden': 'true'}, el('span', {class: 'lane'}, bar)) : null,
    )
  })
  const heads = [
    steps ? el('th', {scope: 'col'}, 'Step') : null,
    el('th', {scope: 'col'}, 'Phase'),
    el('th', {scope: 'col'}, 'Outcome'),
    timed ? el('th', {scope: 'col', class: 'number'}, 'Time') : null,
    timed ? el('td', {class: 'track', 'aria-hidden': 'true'}) : null,
  ]
  return section(
    'timeline',
    'Timeline',
    total > 0 ? duration(total) : null,
    el('div', {class: 'panel'}, el('table', {class: 'timeline'}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows))),
  )
}

/** Where only lengths are known, one follows the other. */
function place(phases: readonly HtmlPhase[]): {readonly start: number; readonly seconds: number}[] {
  let end = 0
  return phases.map((phase) => {
    const seconds = phase.seconds ?? 0
    const start = phase.start ?? end
    end = Math.max(end, start + seconds)
    return {start, seconds}
  })
}
