import {ERRORS, RchError} from '@rch/contract'
import {verdictError} from '../../domain/verdict-error.ts'
import {errorItem, exitCodeOf} from '../../domain/error-item.ts'
import {failedTests, type FailedTestView} from '../../reports/findings.ts'
import {paletteOf} from '../../reports/palette.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'
import {renderFindings, type FindingsFormat} from '../../reports/render-findings.ts'
import {onlyTesting, shellWord} from '../../reports/test-selection.ts'
import {headline} from '../../reports/words.ts'
import {briefAnswer, type BriefError} from './brief-answer.ts'
import type {Interpreted} from './interpret-log.ts'

export interface InterpretReport {
  readonly text: string
  /** For whoever presents it otherwise. */
  readonly input: ReportInput
  readonly answer: {
    readonly result: Readonly<Record<string, unknown>>
    readonly exitCode: number
    readonly errorCode: string | null
    readonly errors: readonly BriefError[]
  }
}

export interface InterpretReportOptions {
  readonly format: FindingsFormat | 'events'
  readonly budget: number | null
  readonly colours: boolean
  /** Of the terminal that reads it; null where there is none. */
  readonly columns: number | null
  /** Exit as the log implies. */
  readonly exitCode: boolean
}

/** What `interpret` prints and answers. A log that ends without a verdict implies no success: with `exitCode` it counts as interrupted. */
export function interpretReport(
  interpreted: Interpreted,
  source: {readonly name: string},
  options: InterpretReportOptions,
): InterpretReport {
  const {summary, findings, code, succeeded, context} = interpreted
  const implied = code ?? (succeeded ? null : 'backend_interrupted')
  const error = implied === null ? null : errorItem(impliedError(interpreted, implied))
  const input: ReportInput = {
    findings,
    code,
    ok: code === null && succeeded,
    log: context,
    again: (view) => againWithXcodebuild(view, interpreted.invocation),
    more: [],
  }
  const text =
    options.format === 'events'
      ? `${JSON.stringify({type: 'summary', error_code: code, summary})}\n`
      : renderFindings(input, {
          format: options.format,
          budget: options.budget,
          palette: paletteOf(options.colours),
          columns: options.columns,
          title: source.name === '-' ? 'xcodebuild' : source.name,
        })
  const says = options.exitCode && error !== null
  const errors = says
    ? [{code: error.error_code, message: error.message, hint: error.hint, retryable: error.retryable, data: error.data}]
    : []
  const errorCode = says ? error.error_code : null
  const answer =
    options.budget === null
      ? {
          errors,
          result: {
            file: source.name,
            conclusive: code !== null || succeeded,
            implied: {
              error_code: implied,
              exit_code: implied === null ? 0 : exitCodeOf(implied),
              failure_kind: implied === null ? null : ERRORS[implied].kind,
            },
            summary,
            failed: failedTests(findings.tests).map(({test}) => test.id),
          },
        }
      : briefAnswer(
          [
            ['implied', implied],
            ['headline', headline(findings, code)],
            ['conclusive', code !== null || succeeded],
            ['file', source.name],
            ['log', context],
          ],
          input,
          options.budget,
          {errorCode, errors},
        )
  return {text, input, answer: {...answer, exitCode: says && implied !== null ? exitCodeOf(implied) : 0, errorCode}}
}

function impliedError({summary, code}: Interpreted, implied: NonNullable<Interpreted['code']>): RchError {
  if (code === null) return new RchError(implied, 'The log ends without a verdict.', {hint: 'Give it the whole log.'})
  return verdictError(code, {errors: summary.errors, failed: summary.tests.failed, exit_code: null})
}

/** The command of the log with nothing but this test selected; without one that tests, the word that selects it. */
function againWithXcodebuild(view: FailedTestView, invocation: string | null): string | null {
  if (onlyTesting(view.test) === null) return null
  const word = `-only-testing:${shellWord(view.test.id)}`
  if (invocation === null || !/ test(?:-without-building)?(?= |$)/.test(invocation)) return `add ${word} to your command`
  return `${invocation
    .replace(/^\S*\/(?=xcodebuild )/, '')
    .replace(/ -only-testing[: ]\S+/g, '')
    .trim()} ${word}`
}
