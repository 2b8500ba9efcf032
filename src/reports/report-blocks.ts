import type {VerdictCode} from '../domain/verdict.ts'
import type {Block} from './block.ts'
import {
  failedTests,
  firstPlace,
  retriedTests,
  unfinishedTests,
  type FailedTestView,
  type FindingDiagnostic,
  type Findings,
} from './findings.ts'
import type {Trouble} from './github.ts'
import {paletteOf, type Palette} from './palette.ts'
import {visible, visibleLines} from './visible.ts'
import {commandText, failedCommands, failureText, headline, placeText, splitPlace, testName} from './words.ts'

/** What a text report is about. */
export interface ReportInput {
  readonly findings: Findings
  readonly code: VerdictCode | null
  /** Instead of the line made from the findings: a run's own sentence. */
  readonly headline?: string
  readonly ok: boolean
  /** What ended it that is neither the build's nor a test's fault: a timeout, a lost worker. */
  readonly trouble?: Trouble | null
  /** Lines of the log around what failed first. */
  readonly log: readonly string[]
  /** The command that runs just this test again; null when nobody can say. */
  readonly again: (test: FailedTestView) => string | null
  /** Where to read on: commands and paths. */
  readonly more: readonly string[]
}

const MAX_DETAILS = 12
const ONE_LINE = 300
const SHORT_LINE = 180
const LONG_PLACE = 80

/** The report's parts, in reading order: how it ended, what failed first, then the rest. All text is safe to print. */
export function reportBlocks(input: ReportInput, paint: Palette): readonly Block[] {
  const {findings, code} = input
  const mark = input.ok ? paint.green('✔') : code === null && input.headline === undefined ? paint.yellow('●') : paint.red('✘')
  const title = paint.bold(visible(input.headline ?? headline(findings, code)))
  const failed = [...failedTests(findings.tests), ...(input.ok ? [] : unfinishedTests(findings.tests))]
  const errors = input.ok ? [] : buildErrors(findings)
  return [
    {kind: 'headline', weight: 1000, lines: [`${mark} ${title}`]},
    ...troubleBlocks(input, paint),
    ...(failed.length + errors.length === 0 ? logBlock(input.log, [], paint) : []),
    ...(errors.length > 0 ? errorBlocks(errors, input, paint) : []),
    ...failureBlocks(failed, input, paint, errors.length === 0),
    ...retriedBlocks(findings, paint),
    ...warningBlocks(findings, paint, input.ok),
    ...differenceBlocks(findings, paint),
    ...slowBlocks(findings, paint, failed.length > 0 || errors.length > 0),
    ...measuredBlocks(findings, paint),
    ...insightBlocks(findings, paint),
    ...(input.more.length > 0
      ? [{kind: 'more' as const, weight: 300, lines: ['', ...input.more.map((line) => paint.dim(`  ${visible(line)}`))]}]
      : []),
  ]
}

function troubleBlocks({trouble}: ReportInput, paint: Palette): Block[] {
  if (trouble === undefined || trouble === null) return []
  const [message = '', ...rest] = visibleLines(trouble.message)
  return [
    {
      kind: 'first',
      weight: 995,
      lines: [
        '',
        `  ${paint.red('✘')} ${paint.bold(visible(trouble.code))}: ${message}`,
        ...rest.map((line) => `    ${line}`),
        ...(trouble.hint === '' ? [] : [`    → ${visible(trouble.hint)}`]),
      ],
    },
  ]
}

interface BuildError {
  readonly place: string | null
  readonly message: string
  readonly details: readonly string[]
  readonly count: number
}

function buildErrors({build}: Findings): readonly BuildError[] {
  const named = build.diagnostics.filter(({severity}) => severity === 'error').map(errorOf)
  const unmarked = build.unmarked_failures.map((message) => ({place: null, message, details: [], count: 1}))
  if (named.length + unmarked.length > 0) return [...named, ...unmarked]
  return failedCommands(build).map((command) => ({place: null, message: commandText(command), details: [], count: 1}))
}

/** Command lines that stand among a diagnostic's lines and say nothing about it. */
function isNoise(line: string): boolean {
  return /^\s*(?:cd |builtin-|\/Applications\/|export [A-Z_]+)|\.xcresult$/.test(line)
}

function errorOf(diagnostic: FindingDiagnostic): BuildError {
  const {message, details, count} = diagnostic
  return {place: placeText(diagnostic), message, details, count}
}

function errorBlocks(errors: readonly BuildError[], input: ReportInput, paint: Palette): Block[] {
  const blocks: Block[] = []
  for (const [index, error] of errors.entries()) {
    const [message = '', ...rest] = visibleLines(error.message)
    const times = error.count > 1 ? paint.dim(` (${error.count} times)`) : ''
    const lines = ['', `  ${paint.red('✘')} ${error.place === null ? '' : shownPlace(error.place, paint)}${times}`.trimEnd()]
    if (error.place === null) lines[1] = `  ${paint.red('✘')} ${cut(message)}${times}`
    else lines.push(`    ${cut(message)}`)
    if (index === 0) {
      blocks.push({kind: 'first', weight: 990, lines})
      const details = [...rest, ...error.details.filter((line) => !isNoise(line)).flatMap(visibleLines)].slice(0, MAX_DETAILS)
      if (details.length > 0) blocks.push({kind: 'details', weight: 700, lines: details.map((line) => paint.dim(`      ${line}`))})
      if (details.length === 0) blocks.push(...logBlock(input.log, [message], paint))
    } else
      blocks.push({
        kind: 'error',
        weight: restWeight(index),
        lines: [
          ...lines,
          ...error.details
            .filter((line) => !isNoise(line))
            .slice(0, 3)
            .flatMap(visibleLines)
            .map((line) => paint.dim(`      ${line}`)),
        ],
      })
  }
  return blocks
}

function failureBlocks(failed: readonly FailedTestView[], input: ReportInput, paint: Palette, first: boolean): Block[] {
  const blocks: Block[] = []
  for (const [index, view] of failed.entries()) {
    const isFirst = first && index === 0
    blocks.push({kind: isFirst ? 'first' : 'failure', weight: isFirst ? 990 : restWeight(index), lines: failureLines(view, paint)})
    if (!isFirst) continue
    const details = failureDetails(view)
    if (details.length > 0) blocks.push({kind: 'details', weight: 700, lines: details.map((line) => paint.dim(`      ${line}`))})
    blocks.push(
      ...logBlock(
        input.log,
        [...failureLines(view, paintNothing), ...details].map((line) => line.trim()),
        paint,
      ),
    )
    const again = input.again(view)
    if (again !== null) blocks.push({kind: 'again', weight: 900, lines: [`    ${paint.dim('again:')} ${visible(again)}`]})
  }
  return blocks
}

/** Name, place and message of one failed test. */
export function failureLines(view: FailedTestView, paint: Palette): string[] {
  const place = firstPlace(view.failures)
  const where = place === undefined ? null : placeText(place)
  const notes = [
    ...(view.crashed ? ['crashed'] : []),
    ...(view.timed_out ? ['timed out'] : []),
    ...(view.devices.length > 1 || view.arguments.length > 0 ? view.devices : []),
    ...(view.arguments.length > 3 ? [`${view.arguments.length} arguments`] : view.arguments.map((value) => `with ${value}`)),
  ].map(visible)
  const [message = ''] = visibleLines(place?.message ?? failureText(view))
  return [
    '',
    `  ${paint.red('✘')} ${paint.bold(visible(testName(view)))}${notes.length > 0 ? paint.dim(` (${notes.join(', ')})`) : ''}`,
    ...(where === null ? [] : [`    ${shownPlace(where, paint)}`]),
    `    ${cut(message)}`,
  ]
}

function failureDetails(view: FailedTestView): string[] {
  const main = firstPlace(view.failures)
  const own = main === undefined ? [] : [...visibleLines(main.message).slice(1), ...main.details.flatMap(visibleLines)]
  const others = view.failures
    .filter((failure) => failure !== main)
    .map((failure) => {
      const place = placeText(failure)
      return visible(`${place === null ? '' : `${place}: `}${failure.message.split('\n')[0] ?? ''}`)
    })
  return [...own, ...others].slice(0, MAX_DETAILS).map((line) => cut(line))
}

/** Lines that the report shows already are not shown again. */
function logBlock(log: readonly string[], shown: readonly string[], paint: Palette): Block[] {
  const told = shown.filter((line) => line.length > 3)
  const lines = log.filter((line) => !told.some((one) => visible(line).includes(one)))
  if (lines.length === 0) return []
  return [{kind: 'log', weight: 650, lines: lines.map((line) => paint.dim(`      │ ${cut(visible(line))}`))}]
}

const paintNothing = paletteOf(false)

/** The folder dim, the file plain: the eye looks for the file, and a terminal still opens the whole. */
function shownPlace(place: string, paint: Palette): string {
  const [folder, file] = splitPlace(visible(place))
  return `${paint.dim(folder)}${paint.bold(file)}`
}

function retriedBlocks({tests}: Findings, paint: Palette): Block[] {
  return retriedTests(tests).map((view, index) => ({
    kind: 'retried',
    weight: 500 - index * 0.01,
    lines: [...(index === 0 ? [''] : []), `  ${paint.yellow('↻')} ${visible(testName(view))} failed first and passed on a retry`],
  }))
}

function warningBlocks({build}: Findings, paint: Palette, ok: boolean): Block[] {
  const warnings = build.diagnostics.filter(({severity}) => severity === 'warning')
  return warnings.map((warning, index) => {
    const place = placeText(warning)
    const text = `${place === null ? '' : `${visible(endOf(place))}: `}${visible(warning.message.split('\n')[0] ?? '')}`
    return {
      kind: 'warning',
      weight: (ok ? 550 : 250) - index * 0.001,
      lines: [
        ...(index === 0 ? [''] : []),
        `  ${paint.yellow('▲')} ${paint.dim(cut(text, ok ? ONE_LINE : SHORT_LINE))}${warning.count > 1 ? paint.dim(` (${warning.count} times)`) : ''}`,
      ],
    }
  })
}

function differenceBlocks({build, tests}: Findings, paint: Palette): Block[] {
  const differences = [...build.differences, ...(tests?.differences ?? [])]
  if (differences.length === 0) return []
  const text = differences.map(({field, result_bundle, log}) => `${field}: ${brief(result_bundle)}, the log says ${brief(log)}`)
  return [
    {
      kind: 'difference',
      weight: 600,
      lines: ['', ...text.map((line) => `  ${paint.yellow('▲')} result bundle says ${cut(visible(line))}`)],
    },
  ]
}

function slowBlocks({tests}: Findings, paint: Palette, failed: boolean): Block[] {
  if (tests === null || failed) return []
  const slow = tests.tests
    .filter(({seconds}) => (seconds ?? 0) >= 1)
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
    .slice(0, 3)
  if (slow.length === 0) return []
  return [
    {
      kind: 'slow',
      weight: 200,
      lines: ['', ...slow.map(({test, seconds}) => paint.dim(`  ${(seconds ?? 0).toFixed(1).padStart(7)} s  ${visible(test.id)}`))],
    },
  ]
}

const MAX_MEASURED = 5

/** Averages of what performance tests measured, with the baseline where somebody set one. */
function measuredBlocks({tests}: Findings, paint: Palette): Block[] {
  const rows = (tests?.performance ?? []).filter(({measurements}) => measurements.length > 0)
  if (rows.length === 0) return []
  const lines = rows.slice(0, MAX_MEASURED).map(({test, metric, unit, measurements, baseline}) => {
    const average = measurements.reduce((sum, one) => sum + one, 0) / measurements.length
    const shown = (value: number): string => `${Number(value.toPrecision(3))}${unit === null ? '' : ` ${unit}`}`
    return `  ${test}: ${metric} ${shown(average)}${baseline === null ? '' : `, baseline ${shown(baseline)}`}`
  })
  if (rows.length > MAX_MEASURED) lines.push(`  and ${rows.length - MAX_MEASURED} more measurements`)
  return [{kind: 'measured', weight: 220, lines: ['', ...lines.map((line) => paint.dim(cut(visible(line))))]}]
}

function insightBlocks({tests}: Findings, paint: Palette): Block[] {
  const insights = tests?.insights ?? []
  if (insights.length === 0) return []
  const lines = insights.slice(0, MAX_MEASURED).map(({title, impact}) => `  Xcode: ${title}${impact === null ? '' : ` ${impact}`}`)
  return [{kind: 'insight', weight: 210, lines: ['', ...lines.map((line) => paint.dim(cut(visible(line))))]}]
}

/** The first few others matter more than the log of the first; a hundred do not. */
function restWeight(index: number): number {
  return index <= 5 ? 880 - index : 640 - index * 0.001
}

function cut(line: string, length: number = ONE_LINE): string {
  return line.length <= length ? line : `${line.slice(0, length).toWellFormed()}…`
}

/** A place's end, from a folder's name on: a warning's line is for its message. */
function endOf(place: string): string {
  if (place.length <= LONG_PLACE) return place
  const at = place.indexOf('/', place.length - LONG_PLACE)
  return `…${at < 0 ? place.slice(-LONG_PLACE).toWellFormed() : place.slice(at)}`
}

function brief(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0
      ? 'none'
      : value.length > 3
        ? `${value.slice(0, 3).map(String).join(', ')} and ${value.length - 3} more`
        : value.map(String).join(', ')
  return value === null || value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
}
