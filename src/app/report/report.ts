import {paletteOf} from '../../reports/palette.ts'
import {failedTests} from '../../reports/findings.ts'
import {renderFindings, type FindingsFormat} from '../../reports/render-findings.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'
import {briefAnswer, type BriefEnvelope} from './brief-answer.ts'
import type {ReportTarget} from './report-target.ts'
import {reportExtras} from './report-extras.ts'
import {readRecord, type RecordedRun} from './report-record.ts'
import {isMock, reportInput} from './report-text.ts'

export interface Report {
  readonly run: RecordedRun
  readonly text: string
  /** For whoever presents it otherwise. */
  readonly input: ReportInput
  readonly result: Readonly<Record<string, unknown>>
  /** What the envelope says of a run that failed, where the exit status shall be the run's. */
  readonly envelope: BriefEnvelope
}

/** A recorded job or run in one of the report's forms, and as the fields of its `--json` answer. */
export function reportOn(
  record: ReportTarget,
  options: {
    readonly format: FindingsFormat
    readonly budget: number | null
    readonly colours: boolean
    /** Of the terminal that reads it; null where there is none. */ readonly columns: number | null
    readonly exitCode?: boolean
  },
): Report {
  const run = readRecord(record)
  const extras = reportExtras(run.steps.flatMap(({set}) => set ?? []))
  const input = reportInput(run, extras)
  const text = renderFindings(input, {
    format: options.format,
    budget: options.budget,
    palette: paletteOf(options.colours),
    title: run.id,
    columns: options.columns,
  })
  const envelope: BriefEnvelope =
    options.exitCode === true && run.exit_code !== 0
      ? {
          errorCode: run.error_code,
          errors: run.errors.map(({error_code, message, hint, retryable, data}) => ({code: error_code, message, hint, retryable, data})),
        }
      : {errorCode: null, errors: []}
  const failed = failedTests(run.findings?.tests ?? null)
  if (options.budget !== null) {
    const {status, exit_code, human_summary, error_code, id} = run
    const facts = [
      ['status', status],
      ['exit_code', exit_code],
      ...(isMock(run) ? ([['mock', true]] as const) : []),
      ['human_summary', human_summary],
      ['run_error_code', error_code],
      ['id', id],
      ['log', input.log],
    ] as const
    const {result, errors} = briefAnswer(facts, input, options.budget, envelope)
    return {run, text, input, result, envelope: {...envelope, errors}}
  }
  return {
    run,
    text,
    input,
    envelope,
    result: {
      id: run.id,
      record: run.kind,
      directory: run.directory,
      status: run.status,
      exit_code: run.exit_code,
      run_error_code: run.error_code,
      run_errors: run.errors,
      human_summary: run.human_summary,
      duration_ms: run.duration_ms,
      mock: isMock(run),
      steps: run.steps.map(({index, action, summary, set}) => ({
        index,
        action,
        status: summary.status,
        error_code: summary.error_code,
        job_id: summary.job_id,
        counts: summary.counts,
        directory: set,
      })),
      failed_tests: failed.map((view) => ({...view, again: input.again(view)})),
      build: run.findings?.build ?? null,
      tests: run.findings?.tests === null || run.findings === null ? null : {...run.findings.tests, tests: undefined},
      log: input.log,
      attachments: extras.attachments,
      coverage: extras.coverage,
    },
  }
}
