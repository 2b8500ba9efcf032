import {EXIT_CODES} from './kinds.ts'
import {ERRORS, type ErrorCode} from './registry.ts'

const BRAND = 'rch.error'

export interface RchErrorOptions {
  /** Facts that belong to the error; they survive JSON and are never secret. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Replaces the registry's hint when the situation knows a better next step. */
  readonly hint?: string
  readonly cause?: unknown
  /** What is wrong besides and would stop the next try, each with its own code and hint. */
  readonly others?: readonly RchError[]
}

/** The only error class that crosses a room's boundary. Everything else is a bug. */
export class RchError extends Error {
  override readonly name = 'RchError'
  readonly brand = BRAND
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, unknown>>
  readonly hint: string
  readonly others?: readonly RchError[]

  /** @param message what happened, naming the offending value; the registry's template filled from `data` when absent. */
  constructor(code: ErrorCode, message?: string, options: RchErrorOptions = {}) {
    const row = ERRORS[code]
    const data = options.data ?? {}
    super(message ?? fill(row.message, data), options.cause === undefined ? undefined : {cause: options.cause})
    this.code = code
    this.data = data
    this.hint = options.hint ?? fill(row.hint, data)
    if (options.others !== undefined) this.others = options.others
  }

  get exitCode(): number {
    return EXIT_CODES[ERRORS[this.code].kind]
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable === true
  }
}

/** A brand check, not `instanceof`: an installed plugin carries its own copy of this package. */
export function isRchError(error: unknown): error is RchError {
  return typeof error === 'object' && error !== null && 'brand' in error && error.brand === BRAND
}

/** An error and those that it brings along. */
export function allErrors(error: RchError): readonly RchError[] {
  return [error, ...(error.others ?? [])]
}

/** Any thrown thing as an RchError; what is not one already becomes `internal_error` with its cause kept. */
export function toRchError(error: unknown): RchError {
  if (isRchError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  return new RchError('internal_error', `Unexpected failure: ${text}`, {cause: error})
}

function fill(template: string, data: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => {
    const value = Object.hasOwn(data, key) ? data[key] : undefined
    return value === undefined ? whole : shown(value)
  })
}

/** Words stand as they are, several with commas between. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) return value.join(', ')
  return JSON.stringify(value)
}
