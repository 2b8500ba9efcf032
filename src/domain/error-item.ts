import {allErrors, ERRORS, EXIT_CODES, RchError, type ErrorCode} from '@rch/contract'
import type {ErrorItem} from '@rch/contract/documents'

/** An error as documents and events list it. Causes and stacks stay behind. */
export function errorItem(error: RchError): ErrorItem {
  return {
    error_code: error.code,
    failure_kind: ERRORS[error.code].kind,
    message: error.message,
    hint: error.hint,
    retryable: error.retryable,
    data: jsonData(error.data),
  }
}

/** An error and those that it brings along, as documents list them. */
export function errorItems(error: RchError): ErrorItem[] {
  return allErrors(error).map(errorItem)
}

/** The exit status that a code ends with. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[ERRORS[code].kind]
}

/** Only what JSON can carry: data may come from anywhere. */
function jsonData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const value: unknown = JSON.parse(JSON.stringify(data))
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
