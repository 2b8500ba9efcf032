import type {ErrorRow} from './kinds.ts'
import {ARTIFACT_ERRORS} from './rows/artifacts.ts'
import {CLASSIFIER_ERRORS} from './rows/classifier.ts'
import {EXECUTOR_ERRORS} from './rows/executor.ts'
import {SOURCE_ERRORS} from './rows/source.ts'
import {TRANSPORT_ERRORS} from './rows/transport.ts'
import {USAGE_ERRORS} from './rows/usage.ts'
import {WORKER_ERRORS} from './rows/worker.ts'

/** Every error code there is. Codes never change meaning; docs, schema enum and `rch xcode errors` come from here. */
export const ERRORS = {
  ...USAGE_ERRORS,
  ...CLASSIFIER_ERRORS,
  ...TRANSPORT_ERRORS,
  ...EXECUTOR_ERRORS,
  ...ARTIFACT_ERRORS,
  ...WORKER_ERRORS,
  ...SOURCE_ERRORS,
} as const satisfies Record<string, ErrorRow> as Readonly<Record<ErrorCode, ErrorRow>>

export type ErrorCode =
  | keyof typeof USAGE_ERRORS
  | keyof typeof CLASSIFIER_ERRORS
  | keyof typeof TRANSPORT_ERRORS
  | keyof typeof EXECUTOR_ERRORS
  | keyof typeof ARTIFACT_ERRORS
  | keyof typeof WORKER_ERRORS
  | keyof typeof SOURCE_ERRORS

/** Narrows outside text (a peer's answer, a document) to a known code. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}
