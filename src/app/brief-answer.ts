import type {ReportInput} from '../reports/report-blocks.ts'
import {estimateTokens} from '../reports/tokens.ts'
import {whatFailed, type WhatFailed} from './what-failed.ts'

/** The envelope around a result: its fixed fields, and the indentation of what it holds. */
const ENVELOPE = {kind: 'interpret', schema_version: 1, lane_version: '00.00.00', ok: true, error_code: null, errors: [], html: null}
const MOST = 100
/** For a budget that has no room for a failure as it is. */
const LENGTHS = [120, 60, 30, 10, 4, 1] as const

/**
 * The fields of a `--json` answer in at most `budget` tokens by `estimateTokens`: `facts` from the front as far as they fit, and as many
 * failures as do; `failures_total` says how many there are. Of the first failure the name, the place and the message stay, cut where
 * they alone are too long.
 */
export function briefAnswer(
  facts: readonly (readonly [string, unknown])[],
  input: ReportInput,
  budget: number,
): Readonly<Record<string, unknown>> {
  const {failures_total, failures} = whatFailed(input, MOST)
  const answerWith = (kept: number, list: readonly object[]): Readonly<Record<string, unknown>> => ({
    ...Object.fromEntries(facts.slice(0, kept)),
    failures_total,
    failures: list,
  })
  const fits = (result: object): boolean => estimateTokens(JSON.stringify({...ENVELOPE, ...result}, null, 2)) <= budget
  for (let count = failures.length; count > 0; count -= 1) {
    const result = answerWith(facts.length, failures.slice(0, count))
    if (fits(result)) return result
  }
  const [first] = failures
  if (first === undefined) {
    for (let kept = facts.length; kept > 0; kept -= 1) if (fits(answerWith(kept, []))) return answerWith(kept, [])
    return answerWith(0, [])
  }
  for (let kept = facts.length; kept >= 0; kept -= 1) {
    const result = answerWith(kept, [essence(first, LENGTHS[0])])
    if (fits(result)) return result
  }
  return LENGTHS.map((length) => answerWith(0, [essence(first, length)])).find(fits) ?? answerWith(0, [])
}

/** What nobody can do without, each text at most so long: a message's beginning, a name's and a path's end. */
function essence({test, file, line, message}: WhatFailed, length: number): object {
  return {
    test: test === null ? null : end(test, length),
    file: file === null ? null : end(file, length),
    line,
    message: beginning(message, length),
  }
}

function beginning(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`
}

function end(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(-length).toWellFormed()}`
}
