import {annotationsOf, type Annotation} from './annotations.ts'
import type {Findings} from './findings.ts'
import {visibleLines} from './visible.ts'

/** GitHub shows ten annotations of a kind per step and drops the rest without a word. */
export const GITHUB_MAX_PER_LEVEL = 10
/** A longer message is cut by GitHub in the middle of whatever it is. */
const MAX_MESSAGE = 4096

const COMMANDS: Readonly<Record<Annotation['level'], 'error' | 'warning' | 'notice'>> = {
  failure: 'error',
  warning: 'warning',
  notice: 'notice',
}

/** What went wrong besides the findings: with the lane, the worker or the machine. */
export interface Trouble {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/**
 * Workflow commands for the findings: as many as GitHub shows, the last place of a kind saying how many more there are. What else
 * went wrong comes first. `folder` is where the source lies in the repository, if not at its top.
 */
export function githubCommands(findings: Findings, folder = '', trouble: Trouble | null = null): string {
  const all = annotationsOf(findings).map((row) => (row.path === null || folder === '' ? row : {...row, path: `${folder}/${row.path}`}))
  const lines: string[] = []
  for (const level of ['failure', 'warning', 'notice'] as const) {
    const found = all.filter((row) => row.level === level).toSorted(locatedFirst)
    const rows = level === 'failure' && trouble !== null ? [annotationOf(trouble), ...found] : found
    const shown = rows.length > GITHUB_MAX_PER_LEVEL ? rows.slice(0, GITHUB_MAX_PER_LEVEL - 1) : rows
    lines.push(...shown.map(commandOf))
    const missing = rows.length - shown.length
    if (missing > 0) lines.push(`::${COMMANDS[level]} title=rch::${escapeData(`and ${missing} more; the job summary lists them`)}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

function annotationOf({code, message, hint}: Trouble): Annotation {
  return {path: null, line: null, column: null, level: 'failure', title: code, message: hint === '' ? message : `${message}\n→ ${hint}`}
}

function commandOf({level, path, line, column, title, message}: Annotation): string {
  const properties = [
    ...(path === null ? [] : [`file=${escapeProperty(path)}`]),
    ...(line === null ? [] : [`line=${line}`]),
    ...(column === null ? [] : [`col=${column}`]),
    `title=${escapeProperty(oneLine(title))}`,
  ]
  const text = visibleLines(message).join('\n')
  return `::${COMMANDS[level]} ${properties.join(',')}::${escapeData(text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE).toWellFormed()}…` : text)}`
}

/** The value of a command: per cent and line breaks are written as codes. */
export function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** The value of a property: colon and comma, too. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function oneLine(text: string): string {
  return visibleLines(text).join(' ')
}

function locatedFirst(one: Annotation, other: Annotation): number {
  return Number(one.path === null) - Number(other.path === null)
}
