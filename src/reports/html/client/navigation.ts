import type {HtmlLogPlace} from './model.ts'
import {byId, el} from './elements.ts'

/** The address of a log line within the page. */
export function lineHash([log, line]: HtmlLogPlace): string {
  return `#log${log + 1}-L${line}`
}

/** The line that an address names; null for every other address. */
export function parseLineHash(hash: string): HtmlLogPlace | null {
  const [, log, line] = /^#log(\d{1,3})-L(\d{1,9})$/.exec(hash) ?? []
  return log === undefined || line === undefined ? null : [Number(log) - 1, Number(line)]
}

/** A link to a log line; nothing where no line is known. */
export function logLink(place: HtmlLogPlace | null | undefined): HTMLAnchorElement | null {
  if (place === null || place === undefined) return null
  return el('a', {href: lineHash(place), class: 'log-link'}, `log line ${place[1]}`)
}

/** Brings a section into sight and tells a screen reader so. */
export function goTo(id: string): void {
  const title = byId(`${id}-title`)
  byId(id)?.scrollIntoView()
  title?.focus({preventScroll: true})
}
