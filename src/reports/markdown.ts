import type {ReportInput} from './report-blocks.ts'
import {brokenTests, firstPlace, retriedTests} from './findings.ts'
import {visible, visibleLines} from './visible.ts'
import {failureText, headline, placeText, plural, testName} from './words.ts'

/** GitHub refuses a step's summary beyond 1 MiB; long before that nobody reads it. */
const MAX_BYTES = 200_000
const MAX_ROWS = 100

/**
 * A job summary in GitHub's Markdown: how it ended, the failures as a table, then details to open. Nothing that a build printed can become
 * markup: it stands in code spans and fenced blocks or is escaped.
 */
export function markdownSummary(input: ReportInput, title: string): string {
  const {findings, ok} = input
  const {build, tests} = findings
  const lines: string[] = [
    `### ${ok ? '✅' : '❌'} ${escapeMarkdown(title)}: ${escapeMarkdown(input.headline ?? headline(findings, input.code))}`,
    '',
  ]
  if (input.trouble !== undefined && input.trouble !== null)
    lines.push(`**${escapeMarkdown(input.trouble.code)}**: ${escapeMarkdown(oneLine(input.trouble.message))}`, '')
  const failed = brokenTests(tests)
  if (failed.length > 0) {
    lines.push('| test | where | what |', '| --- | --- | --- |')
    for (const view of failed.slice(0, MAX_ROWS)) {
      const place = firstPlace(view.failures)
      const where = place === undefined ? null : placeText(place)
      lines.push(`| ${cell(testName(view))} | ${where === null ? '' : cell(where)} | ${cell(place?.message ?? failureText(view))} |`)
    }
    if (failed.length > MAX_ROWS) lines.push('', `and ${plural(failed.length - MAX_ROWS, 'failed test')} more`)
    lines.push('')
  }
  const errors = build.diagnostics.filter(({severity}) => severity === 'error')
  if (errors.length + build.unmarked_failures.length > 0) {
    lines.push('| error | where |', '| --- | --- |')
    for (const error of errors.slice(0, MAX_ROWS)) lines.push(`| ${cell(error.message)} | ${cell(placeText(error) ?? '')} |`)
    for (const message of build.unmarked_failures.slice(0, MAX_ROWS)) lines.push(`| ${cell(message)} | |`)
    lines.push('')
  }
  if (input.log.length > 0)
    lines.push('<details><summary>Log around the first failure</summary>', '', ...fenced(input.log), '', '</details>', '')
  const retried = retriedTests(tests)
  if (retried.length > 0)
    lines.push(
      `Passed only on a retry: ${retried
        .slice(0, MAX_ROWS)
        .map((view) => code(testName(view)))
        .join(', ')}`,
      '',
    )
  const warnings = build.diagnostics.filter(({severity}) => severity === 'warning')
  if (warnings.length > 0) {
    lines.push(`<details><summary>${plural(warnings.length, 'warning')}</summary>`, '')
    for (const warning of warnings.slice(0, MAX_ROWS))
      lines.push(`- ${code(`${placeText(warning) ?? ''} ${oneLine(warning.message)}`.trim())}`)
    lines.push('', '</details>', '')
  }
  const [first] = failed
  const again = first === undefined ? null : input.again(first)
  if (again !== null) lines.push('Run just the first one again:', '', ...fenced([again]), '')
  return capped(lines)
}

/** Whole lines only, and never an open block. */
function capped(lines: readonly string[]): string {
  const kept: string[] = []
  let bytes = 0
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1
    if (bytes > MAX_BYTES) return `${kept.join('\n')}\n\n…\n`
    kept.push(line)
  }
  return `${kept.join('\n')}\n`
}

/** Text between markup: every character that Markdown or HTML could read is written as an entity or escaped. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~@:$]/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** A code span; backticks inside are outnumbered, and a bar cannot end a table's cell. */
export function code(text: string): string {
  const plain = oneLine(text)
  if (plain === '') return ''
  const longest = Math.max(0, ...Array.from(plain.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${plain}${pad}${fence}`
}

/** Inside a table code spans do not protect a bar, so cells are escaped text. */
function cell(text: string): string {
  return escapeMarkdown(text.split('\n')[0] ?? '')
    .slice(0, 2000)
    .replace(/&[^;]{0,6}$/, '')
}

function fenced(lines: readonly string[]): string[] {
  const safe = lines.map(visible)
  const longest = Math.max(2, ...safe.flatMap((line) => Array.from(line.matchAll(/`+/g), ([run]) => run.length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, ...safe, fence]
}

function oneLine(text: string): string {
  return visibleLines(text).join(' ')
}
