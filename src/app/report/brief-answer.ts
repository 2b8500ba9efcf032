import type {ReportInput} from '../../reports/report-blocks.ts'
import {estimateTokens} from '../../reports/tokens.ts'
import {whatFailed, type WhatFailed} from './what-failed.ts'

/** The beginning of an envelope, as long as it can be; `error_code` and `errors` follow. */
const ENVELOPE = {kind: 'interpret', schema_version: 1, lane_version: '00.00.00', ok: false}
const MOST = 100
/** For a budget that has no room for a failure as it is. */
const LENGTHS = [120, 60, 30, 10, 4, 1] as const

/** An error as the envelope holds it. */
export interface BriefError {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly retryable: boolean
  readonly data: Readonly<Record<string, unknown>>
}

/** What the envelope says beside the result, and has to fit as well. */
export interface BriefEnvelope {
  readonly errorCode: string | null
  readonly errors: readonly BriefError[]
}

export interface BriefAnswer {
  readonly result: Readonly<Record<string, unknown>>
  /** As many words of the given ones as there is room for. */
  readonly errors: readonly BriefError[]
}

/**
 * A `--json` answer in at most `budget` tokens by `estimateTokens`, its envelope included: `facts` from the front as far as they fit, and
 * as many failures as do; `failures_total` says how many there are. Of the first failure the name, the place and the message stay, cut
 * where they alone are too long; of the errors at least `error_code` stays.
 */
export function briefAnswer(
  facts: readonly (readonly [string, unknown])[],
  input: ReportInput,
  budget: number,
  envelope: BriefEnvelope,
): BriefAnswer {
  const {failures_total, failures} = whatFailed(input, MOST)
  const {errorCode} = envelope
  const answerWith = (errors: readonly BriefError[], kept: number, list: readonly object[]): BriefAnswer => ({
    result: {...Object.fromEntries(facts.slice(0, kept)), failures_total, failures: list},
    errors,
  })
  const fits = ({result, errors}: BriefAnswer): boolean =>
    estimateTokens(JSON.stringify({...ENVELOPE, error_code: errorCode, errors, ...result}, null, 2)) <= budget
  const shorter = shorterErrors(envelope.errors)
  const [first] = failures
  for (const errors of shorter) {
    for (let count = failures.length; count > 0; count -= 1) {
      const answer = answerWith(errors, facts.length, failures.slice(0, count))
      if (fits(answer)) return answer
    }
    if (first === undefined && fits(answerWith(errors, facts.length, []))) return answerWith(errors, facts.length, [])
  }
  const least = shorter.at(-1) ?? []
  for (const length of first === undefined ? [0] : LENGTHS) {
    const list = first === undefined ? [] : [essence(first, length)]
    for (let kept = facts.length; kept >= 0; kept -= 1) {
      const answer = answerWith(least, kept, list)
      // Whatever room is left says more of why.
      if (fits(answer)) return shorter.map((errors) => ({...answer, errors})).find(fits) ?? answer
    }
  }
  return answerWith(least, 0, [])
}

/** The same errors in fewer and fewer words; in the end there is only the envelope's `error_code`, which is the first one's. */
function shorterErrors(errors: readonly BriefError[]): readonly (readonly BriefError[])[] {
  if (errors.length === 0) return [[]]
  const bare = errors.map((error) => ({...error, data: {}}))
  const first = (length: number): readonly BriefError[] =>
    bare.slice(0, 1).map((error) => ({...error, message: beginning(error.message, length), hint: null}))
  return [errors, bare, first(120), first(40), []]
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
