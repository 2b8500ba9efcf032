import {z} from 'zod'
import {identifier, ordinal, semver, sha256Hex, timestamp} from './fields.ts'

type Shape = Readonly<Record<string, z.core.SomeType>>

/** The five fields that every document but the bare ones begins with; `kind` is the document's name. */
function header<N extends string>(name: N) {
  return {
    schema_id: z.literal(`rch-xcode/${name}@1`),
    schema_version: z.literal(1),
    kind: z.literal(name),
    lane_version: semver,
    created_at: timestamp,
  }
}

const jobIds = {run_id: sha256Hex, attempt: ordinal, job_id: identifier, job_key: sha256Hex}
const runIds = {run_id: sha256Hex, attempt: ordinal, host_id: identifier}

/** A document of one job. */
export function jobScope<N extends string, S extends Shape>(name: N, body: S) {
  return z.strictObject({...header(name), ...jobIds, ...body})
}

/** A document of one attempt of a run. */
export function runScope<N extends string, S extends Shape>(name: N, body: S) {
  return z.strictObject({...header(name), ...runIds, ...body})
}

/** A document about one step that may have ended before it had a job, or before its run had an identity. */
export function stepScope<N extends string, S extends Shape>(name: N, body: S) {
  return z.strictObject({
    ...header(name),
    run_id: jobIds.run_id.nullable(),
    attempt: jobIds.attempt.nullable(),
    job_id: jobIds.job_id.nullable(),
    job_key: jobIds.job_key.nullable(),
    ...body,
  })
}

/** A document about a run that may have been refused before it had an identity. */
export function hostScope<N extends string, S extends Shape>(name: N, body: S) {
  return z.strictObject({
    ...header(name),
    run_id: runIds.run_id.nullable(),
    attempt: runIds.attempt.nullable(),
    host_id: runIds.host_id,
    ...body,
  })
}

/** A document that is the same for every job and run. */
export function noScope<N extends string, S extends Shape>(name: N, body: S) {
  return z.strictObject({...header(name), ...body})
}
