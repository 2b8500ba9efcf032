import {ERRORS, EXIT_CODES, RchError, type ErrorCode} from '@rch/contract'
import {errorItem} from '../../domain/error-item.ts'

/** How a job ended, in the words of its summary. */
export interface Outcome {
  readonly state: 'succeeded' | 'failed' | 'cancelled' | 'timed_out'
  readonly status: 'success' | 'failed' | 'cancelled'
  readonly error: RchError | null
}

export const SUCCEEDED: Outcome = {state: 'succeeded', status: 'success', error: null}

/** The outcome that an error means: its kind decides the state. */
export function outcomeOf(error: RchError): Outcome {
  if (ERRORS[error.code].kind === 'CANCELLED') return {state: 'cancelled', status: 'cancelled', error}
  return {state: TIMEOUTS.has(error.code) ? 'timed_out' : 'failed', status: 'failed', error}
}

/** The summary's fields for an outcome. */
export function summaryFields(outcome: Outcome) {
  const {error} = outcome
  return {
    status: outcome.status,
    state: outcome.state,
    failure_kind: error === null ? null : ERRORS[error.code].kind,
    failure_subkind: error === null ? null : subkind(error.code),
    error_code: error?.code ?? null,
    errors: error === null ? [] : [errorItem(error)],
    exit_code: error === null ? 0 : EXIT_CODES[ERRORS[error.code].kind],
  } as const
}

const TIMEOUTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['timeout', 'idle_timeout'])

const SUBKINDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  timeout: 'TIMEOUT_OVERALL',
  idle_timeout: 'TIMEOUT_IDLE',
  protocol_error: 'PROTOCOL_ERROR',
}

function subkind(code: ErrorCode): string | null {
  return SUBKINDS[code] ?? null
}
