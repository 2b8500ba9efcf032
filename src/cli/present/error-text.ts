import {allErrors, type RchError} from '@rch/contract'
import {printable} from '../../domain/printable.ts'

/**
 * Errors as text for people: of each what and why, then what to do next. The code comes first so that it can be searched for.
 * Several offending paths stand below one another, at most `MAX_LISTED` of them for each error.
 */
export function formatError(error: RchError, original: unknown, debug: boolean): string {
  const lines = allErrors(error).flatMap(linesOf)
  if (debug && original instanceof Error && original.stack !== undefined) lines.push(original.stack)
  return `${lines.join('\n')}\n`
}

function linesOf({code, message, hint, data}: RchError): readonly string[] {
  const next = hint === '' ? [] : [`  → ${hint}`]
  const offences = offencesOf(data)
  const {paths, count} = data
  if (offences.length < 2 || typeof paths !== 'string' || !message.endsWith(paths)) return [`rch: ${code}: ${message}`, ...next]
  const shown = offences.slice(0, MAX_LISTED).map(({path, detail}) => ({name: printable(path), detail}))
  const width = Math.min(MAX_WIDTH, Math.max(...shown.map(({name}) => name.length)))
  const more = (typeof count === 'number' ? count : offences.length) - shown.length
  return [
    `rch: ${code}: ${message.slice(0, -paths.length).trimEnd()}`,
    ...shown.map(({name, detail}) => `      ${detail === null ? name : `${name.padEnd(width)}  ${printable(detail)}`}`),
    ...(more > 0 ? [`      and ${more} more, which --json lists`] : []),
    ...next,
  ]
}

const MAX_LISTED = 20
const MAX_WIDTH = 48

interface Offence {
  readonly path: string
  readonly detail: string | null
}

function offencesOf({offences}: RchError['data']): readonly Offence[] {
  return Array.isArray(offences) ? offences.filter(isOffence) : []
}

function isOffence(value: unknown): value is Offence {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('detail' in value)) return false
  return typeof value.path === 'string' && (value.detail === null || typeof value.detail === 'string')
}
