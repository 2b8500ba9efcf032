export {EXIT_CODES, WIRE_CODES, type ErrorRow, type FailureKind, type WireCode} from './kinds.ts'
export {allErrors, isRchError, RchError, toRchError, type RchErrorOptions} from './rch-error.ts'
export {ERRORS, isErrorCode, type ErrorCode} from './registry.ts'
