import {allErrors, LANE_VERSION, type RchError} from '@rch/contract'

export interface EnvelopeError {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly retryable: boolean
  readonly data: Readonly<Record<string, unknown>>
}

/** The one shape of every `--json` answer: what it is, whether it is good news, then the result's own fields. */
export interface Envelope {
  readonly kind: string
  readonly schema_version: 1
  readonly lane_version: string
  readonly ok: boolean
  readonly error_code: string | null
  readonly errors: readonly EnvelopeError[]
  readonly [field: string]: unknown
}

export function successEnvelope(kind: string, result: Readonly<Record<string, unknown>>): Envelope {
  return {kind, schema_version: 1, lane_version: LANE_VERSION, ok: true, error_code: null, errors: [], ...result}
}

export function errorEnvelope(kind: string, error: RchError, result: Readonly<Record<string, unknown>> = {}): Envelope {
  return {
    kind,
    schema_version: 1,
    lane_version: LANE_VERSION,
    ok: false,
    error_code: error.code,
    errors: allErrors(error).map(({code, message, hint, retryable, data}) => ({code, message, hint, retryable, data})),
    ...result,
  }
}
