import {join} from 'node:path'
import type {VerdictCode} from '../../domain/verdict.ts'
import {failedTests, NO_BUILD_FINDINGS, type FailedTestView} from '../../reports/findings.ts'
import type {ContextNeedle} from '../../reports/log-context.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'
import {onlyTesting, shellWord} from '../../reports/test-selection.ts'
import {EMBEDDED} from '../../domain/embedded-name.ts'
import {MOCK_NOTE} from '../../domain/mock-note.ts'
import {extraLines, type ReportExtras} from './report-extras.ts'
import {endOfLog, findInLog} from './report-log.ts'
import type {RecordedRun, RecordedStep} from './report-record.ts'

/** These are told by findings; every other code is told by its own message. */
const TOLD: ReadonlySet<string> = new Set<VerdictCode>(['build_failed', 'tests_failed', 'package_resolution_failed'])

/** The job did not end by itself: what matters is where it was. The same goes for one that names nothing that failed. */
const ENDED_FROM_OUTSIDE: ReadonlySet<string> = new Set([
  'timeout',
  'idle_timeout',
  'cancelled',
  'abandoned',
  'worker_restarted',
  'lease_expired',
  'backend_interrupted',
  'backend_crashed',
])

const NO_EXTRAS: ReportExtras = {attachments: [], coverage: null}

/** The text report of a recorded run: what failed first, where, the lines of its log, and the command that runs it again. */
export function reportInput(run: RecordedRun, extras: ReportExtras = NO_EXTRAS): ReportInput {
  const findings = run.findings ?? {build: NO_BUILD_FINDINGS, tests: null}
  const step = run.steps.find(({summary}) => summary.status !== 'success' && summary.status !== 'skipped') ?? run.steps.at(-1)
  const log = step === undefined || step.set === null ? null : join(step.set, 'build.log')
  const [error] = run.errors
  return {
    findings,
    code: run.error_code !== null && isVerdict(run.error_code) ? run.error_code : null,
    ok: run.status === 'success',
    headline: run.human_summary,
    trouble:
      error !== undefined && !(TOLD.has(error.error_code) && hasFindings(step))
        ? {code: error.error_code, message: error.message, hint: error.hint}
        : null,
    log:
      log === null
        ? []
        : run.error_code !== null && (ENDED_FROM_OUTSIDE.has(run.error_code) || !hasFindings(step))
          ? endOfLog(log)
          : firstFound(log, needlesFor(step)),
    again: (view) => againWithLane(view, step, run.worker),
    more: [...(isMock(run) ? [MOCK_NOTE] : []), ...extraLines(extras), ...moreOf(run, step)],
  }
}

/** Whether any of it was made by mock Xcode. */
export function isMock({steps}: Pick<RecordedRun, 'steps'>): boolean {
  return steps.some(({mock}) => mock)
}

function isVerdict(code: string): code is VerdictCode {
  return TOLD.has(code) || code === 'destination_rejected' || code === 'backend_interrupted'
}

function hasFindings(step: RecordedStep | undefined): boolean {
  const findings = step?.findings ?? null
  if (findings === null) return false
  const {build, tests} = findings
  return build.errors + build.unmarked_failures.length + build.failed_commands.length + failedTests(tests).length > 0
}

/** What to look for in the log, the best first. */
function needlesFor(step: RecordedStep | undefined): readonly ContextNeedle[] {
  const findings = step?.findings ?? null
  if (findings === null) return []
  // What belongs to a compiler's error stands in its details already.
  if (findings.build.errors > 0) return []
  const [command] = findings.build.failed_commands
  if (command !== undefined) return [{text: `Command ${command.command} failed`, test: ''}]
  const [view] = failedTests(findings.tests)
  if (view === undefined) return []
  return [
    ...view.failures.slice(0, 3).map(({message}) => ({text: firstLine(message), test: view.test.name})),
    {text: view.test.name, test: view.test.name},
  ]
}

function firstFound(log: string, needles: readonly ContextNeedle[]): readonly string[] {
  for (const needle of needles) {
    const lines = findInLog(log, needle)
    if (lines.length > 0) return lines
  }
  return []
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}

/** The same profile with nothing but this test selected. */
function againWithLane(view: FailedTestView, step: RecordedStep | undefined, worker: string | null): string | null {
  const selection = onlyTesting(view.test)
  if (selection === null || selection.includes(',') || step === undefined) return null
  const profile = step.profile === null ? '' : ` --profile ${shellWord(step.profile)}`
  // It is in nobody's inventory, so that it has to be asked for by name.
  const embedded = worker === EMBEDDED ? ` --worker ${EMBEDDED}` : ''
  return `rch xcode test${profile}${embedded} --set ${shellWord(`xcode_test.only_testing=${selection}`)}`
}

function moreOf(run: RecordedRun, step: RecordedStep | undefined): readonly string[] {
  const log = step?.set === null || step === undefined ? [] : [`log: ${join(step.set, 'build.log')}`]
  return run.status === 'success' ? log : [...log, `all of it: ${run.directory}`]
}
