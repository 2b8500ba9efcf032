import {createReadStream, existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseStrictJson} from '@rch/contract/json'
import type {HtmlLog, HtmlPhase, HtmlReport, HtmlState} from '../../reports/html/client/model.ts'
import {recordFacts, recordMarks, type SetDocuments} from '../../reports/html/html-facts.ts'
import {phasesOfEvents, phasesOfFindings, type PhaseEvent} from '../../reports/html/html-phases.ts'
import {htmlReportOf, type ExcerptedLog} from '../../reports/html/html-report-of.ts'
import {createLogExcerpt} from '../../reports/html/log-excerpt.ts'
import {interpretLog} from './interpret-log.ts'
import {readOf, type RecordedRun, type RecordedStep} from './report-record.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'

/** A recorded job or run as a page's data. `hrefOf` answers where a reader of the page finds a file of the record, null for nowhere. */
export async function reportHtml(run: RecordedRun, input: ReportInput, hrefOf: (path: string) => string | null): Promise<HtmlReport> {
  const several = run.steps.length > 1
  const sets = run.steps.map((step) => documentsOf(step, run))
  const logs: ExcerptedLog[] = []
  const phases: HtmlPhase[] = []
  for (const step of run.steps) {
    const label = step.action ?? `step ${step.index + 1}`
    if (step.set !== null && existsSync(join(step.set, 'build.log')))
      logs.push(await logOf(join(step.set, 'build.log'), several ? label : '', hrefOf))
    phases.push(...phasesOf(step, several ? label : null, phases))
  }
  const shown = sets.find(({summary}) => summary.status !== 'success' && summary.status !== 'skipped') ?? sets.at(-1)
  return htmlReportOf({
    title: titleOf(run),
    state: STATES[run.status] ?? 'unknown',
    headline: run.human_summary,
    finished_at: run.steps.at(-1)?.summary.finished_at ?? null,
    seconds: run.duration_ms === null || run.kind === 'refusal' ? null : run.duration_ms / 1000,
    marks: shown === undefined ? [] : recordMarks(shown),
    troubles: input.trouble === null || input.trouble === undefined ? [] : [input.trouble],
    findings: input.findings,
    again: input.again,
    phases,
    logs,
    facts: recordFacts(sets, run.kind, run.directory),
  })
}

const STATES: Readonly<Record<string, HtmlState>> = {success: 'succeeded', failed: 'failed', cancelled: 'cancelled', rejected: 'rejected'}

function titleOf({kind, id, steps}: RecordedRun): string {
  const what = steps
    .map(({action}) => action)
    .filter((action) => action !== null)
    .join(', ')
  return `${what === '' ? '' : `${what} · `}${kind} ${id.slice(0, 12)}`
}

function documentsOf({set, action, summary, index}: RecordedStep, run: RecordedRun): SetDocuments {
  const folder = run.kind === 'job' ? null : stepFolder(run.directory, index)
  return {
    action,
    summary,
    attestation: set === null ? null : readOf(set, 'attestation'),
    verification: folder === null ? null : readOf(folder, 'attestation_verification'),
    signed: set !== null && existsSync(join(set, 'attestation.sig')),
    environment: set === null ? null : readOf(set, 'environment'),
    decision: set === null ? readOf(run.directory, 'decision') : readOf(set, 'decision'),
    job: set === null ? null : readOf(set, 'job'),
  }
}

function stepFolder(directory: string, index: number): string | null {
  const root = join(directory, 'steps')
  const name = existsSync(root) ? readdirSync(root).find((one) => one.startsWith(`${index}-`)) : undefined
  return name === undefined ? null : join(root, name)
}

/** The log is read once more by the interpreter: it knows which lines tell the findings. */
async function logOf(file: string, label: string, hrefOf: (path: string) => string | null): Promise<ExcerptedLog> {
  const excerpt = createLogExcerpt()
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, {highWaterMark: 256 * 1024})) {
      excerpt.bytes(chunk)
      yield chunk
    }
  }
  await interpretLog(chunks(), {sourceRoot: '', onEvent: (event) => excerpt.event(event)})
  const log: Pick<HtmlLog, 'label' | 'name' | 'href'> = {label, name: 'build.log', href: hrefOf(file)}
  return {...log, excerpt: excerpt.end()}
}

/** From the job's own events; from its summary where they are not at hand. Jobs are drawn one after the other. */
function phasesOf({set, findings}: RecordedStep, step: string | null, before: readonly HtmlPhase[]): HtmlPhase[] {
  const offset = before.reduce((end, {start, seconds}) => Math.max(end, (start ?? 0) + (seconds ?? 0)), 0)
  const file = set === null ? null : join(set, 'events.ndjson')
  const events = file === null || !existsSync(file) ? [] : phaseEvents(readFileSync(file, 'utf8'))
  return events.length > 0 ? phasesOfEvents(events, step, offset) : phasesOfFindings(findings?.build.phases ?? [], step)
}

const OUTCOMES: readonly string[] = ['succeeded', 'failed', 'interrupted'] satisfies HtmlPhase['outcome'][]

function phaseEvents(lines: string): PhaseEvent[] {
  const events: PhaseEvent[] = []
  for (const line of lines.split('\n')) {
    if (!line.startsWith('{"type":"phase_')) continue
    const event = phaseEvent(line)
    if (event !== null) events.push(event)
  }
  return events
}

function phaseEvent(line: string): PhaseEvent | null {
  try {
    const value = parseStrictJson(line)
    if (typeof value !== 'object' || value === null || !('type' in value) || !('phase' in value) || !('monotonic_ms' in value)) return null
    const {type, phase, monotonic_ms} = value
    if ((type !== 'phase_started' && type !== 'phase_completed') || typeof phase !== 'string' || typeof monotonic_ms !== 'number')
      return null
    return {type, phase, monotonic_ms, outcome: 'outcome' in value ? outcomeOf(value.outcome) : null}
  } catch {
    // A line that was cut tells nothing.
    return null
  }
}

function outcomeOf(value: unknown): HtmlPhase['outcome'] {
  return typeof value === 'string' && isOutcome(value) ? value : 'unknown'
}

function isOutcome(value: string): value is HtmlPhase['outcome'] {
  return OUTCOMES.includes(value)
}
