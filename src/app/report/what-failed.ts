import {failedTests, firstPlace, unfinishedTests} from '../../reports/findings.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'
import {failureText} from '../../reports/words.ts'

/** One failure in as few words as a program needs to act on it. */
export interface WhatFailed {
  readonly kind: 'error' | 'test'
  /** As `-only-testing:` takes it; null for an error of the build. */
  readonly test: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly message: string
  readonly crashed: boolean
  readonly timed_out: boolean
  /** Runs just this test again; null for an error of the build, and where nobody can say. */
  readonly again: string | null
}

export interface Failures {
  readonly failures_total: number
  /** The first of them: errors of the build, then tests. */
  readonly failures: readonly WhatFailed[]
}

const MAX_FAILURES = 5
/** Longer ones are read in the report. */
const MAX_MESSAGE = 400

/** What failed, for the answer of the command that ran it: whoever reads nothing else still knows what to mend. */
export function whatFailed({findings, again, ok}: ReportInput, most: number = MAX_FAILURES): Failures {
  const {build} = findings
  const errors = ok
    ? []
    : [
        ...build.diagnostics
          .filter(({severity}) => severity === 'error')
          .map(({file, line, column, message}) => ({file, line, column, message})),
        ...build.unmarked_failures.map((message) => ({file: null, line: null, column: null, message})),
      ]
  const failed = [...failedTests(findings.tests), ...(ok ? [] : unfinishedTests(findings.tests))]
  return {
    failures_total: errors.length + failed.length,
    failures: [
      ...errors.slice(0, most).map(({message, ...place}): WhatFailed => ({
        kind: 'error',
        test: null,
        ...place,
        message: short(message),
        crashed: false,
        timed_out: false,
        again: null,
      })),
      ...failed.slice(0, Math.max(0, most - errors.length)).map((view): WhatFailed => {
        const place = firstPlace(view.failures)
        return {
          kind: 'test',
          test: view.test.id,
          file: place?.file ?? null,
          line: place?.line ?? null,
          column: place?.column ?? null,
          message: short(place?.message ?? failureText(view)),
          crashed: view.crashed,
          timed_out: view.timed_out,
          again: again(view),
        }
      }),
    ],
  }
}

function short(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE).toWellFormed()}…`
}
