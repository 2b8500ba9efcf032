import {randomUUID} from 'node:crypto'
import type {JobRequest} from '@rch/contract/documents'
import {jobRequestSha256} from '@rch/contract/identity'

/** With the digest of what it says now. */
export function resealed(request: JobRequest): JobRequest {
  return {...request, job_request_sha256: jobRequestSha256(request)}
}

/** The same job under another id, in each document that repeats it. */
export function renamed(request: JobRequest, job_id: string): JobRequest {
  const {job, invocation, decision} = request
  return resealed({...request, job_id, job: {...job, job_id}, invocation: {...invocation, job_id}, decision: {...decision, job_id}})
}

/** A job that the worker does not know yet. */
export function anew(request: JobRequest): JobRequest {
  return renamed({...request, nonce: randomUUID()}, randomUUID())
}
