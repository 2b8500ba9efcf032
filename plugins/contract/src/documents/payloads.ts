import type {z} from 'zod'
import {RchError} from '../errors/rch-error.ts'
import type {Verb} from '../protocol/verbs.ts'
import {checkValue} from './check-value.ts'
import {event, runEvent} from './events.ts'
import {openSchema} from './open.ts'
import {firstProblem} from './read-write.ts'
import type {DeepReadonly} from './schemas.ts'
import {VERB_PAYLOADS} from './verbs.ts'

export type VerbRequestPayload<V extends Verb> = DeepReadonly<z.infer<(typeof VERB_PAYLOADS)[V]['request']>>
export type VerbResponsePayload<V extends Verb> = DeepReadonly<z.infer<(typeof VERB_PAYLOADS)[V]['response']>>
export type JobEvent = DeepReadonly<z.infer<typeof event>>
export type RunEvent = DeepReadonly<z.infer<typeof runEvent>>

/** A request's payload as its verb defines it. Throws `protocol_error` that names the field. */
export function checkRequestPayload<V extends Verb>(verb: V, payload: unknown): VerbRequestPayload<V> {
  if (isRequest(verb, payload)) return payload
  throw misfit(VERB_PAYLOADS[verb].request, payload, `request of ${verb}`)
}

/** An answer's payload as its verb defines it. Throws `protocol_error` that names the field. */
export function checkResponsePayload<V extends Verb>(verb: V, payload: unknown): VerbResponsePayload<V> {
  if (isResponse(verb, payload)) return payload
  throw misfit(VERB_PAYLOADS[verb].response, payload, `answer of ${verb}`)
}

/**
 * A line of a job's stream that was parsed strictly; `undefined` for a type that this release does not know.
 * Throws `event_stream_corrupt` for a known type with other fields.
 */
export function checkEvent(value: unknown): JobEvent | undefined {
  if (!isKnownType(value, event)) return undefined
  if (fits(event, value)) return value
  throw corrupt(event, value)
}

/** The same for a line of `run_events.ndjson`. */
export function checkRunEvent(value: unknown): RunEvent | undefined {
  if (!isKnownType(value, runEvent)) return undefined
  if (fits(runEvent, value)) return value
  throw corrupt(runEvent, value)
}

function fits<S extends z.ZodType>(schema: S, value: unknown): value is DeepReadonly<z.infer<S>> {
  return checkValue(openSchema(schema), value).success
}

function isRequest<V extends Verb>(verb: V, payload: unknown): payload is VerbRequestPayload<V> {
  return fits(VERB_PAYLOADS[verb].request, payload)
}

function isResponse<V extends Verb>(verb: V, payload: unknown): payload is VerbResponsePayload<V> {
  return fits(VERB_PAYLOADS[verb].response, payload)
}

function misfit(schema: z.core.$ZodType, payload: unknown, what: string): RchError {
  const problem = firstProblem(openSchema(schema), payload) ?? 'does not fit'
  return new RchError('protocol_error', `The ${what} is not valid: ${problem}`, {data: {problem: `${what}: ${problem}`}})
}

function isKnownType(value: unknown, schema: typeof event | typeof runEvent): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return true
  const {type} = value
  return schema.options.some((option) => option.shape.type.value === type)
}

function corrupt(schema: z.core.$ZodType, value: unknown): RchError {
  const job = typeof value === 'object' && value !== null && 'job_id' in value ? value.job_id : null
  const problem = firstProblem(openSchema(schema), value) ?? 'does not fit'
  return new RchError('event_stream_corrupt', undefined, {data: {job_id: job, problem}})
}
