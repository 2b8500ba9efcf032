import {WIRE_CODES, type WireCode} from '../errors/kinds.ts'
import {RchError} from '../errors/rch-error.ts'
import {ERRORS, isErrorCode, type ErrorCode} from '../errors/registry.ts'
import type {WireError} from '../providers.ts'

/** An error as the harness sends it. Causes and stacks stay where they are. */
export function errorToWire(error: RchError): WireError {
  const {code, message, hint, retryable, data} = error
  return {code: ERRORS[code].wire ?? 'REFUSED', error_code: code, message, retryable, hint, data}
}

/** The worker's error as ours; a code of a newer worker becomes the one that stands for its wire code, kept in `data.error_code`. */
export function errorFromWire(error: WireError): RchError {
  const code = isErrorCode(error.error_code) ? error.error_code : standIn(error.code)
  const data = code === error.error_code ? error.data : {...error.data, error_code: error.error_code}
  return new RchError(code, error.message, error.hint === '' ? {data} : {data, hint: error.hint})
}

function standIn(wire: string): ErrorCode {
  const known: WireCode | undefined = WIRE_CODES.find((code) => code === wire)
  if (known === undefined) return 'protocol_error'
  for (const [code, row] of Object.entries(ERRORS)) if (row.wire === known && isErrorCode(code)) return code
  return 'protocol_error'
}
