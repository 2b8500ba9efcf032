import {createPublicKey, verify} from 'node:crypto'
import {CONTRACT_VERSION, PROTOCOL, RchError} from '@rch/contract'
import {keepDocument, type JobRequest} from '@rch/contract/documents'
import {envValueSha256, identityMismatches, jobKey, jobRequestSha256, sha256, signatureBytes} from '@rch/contract/identity'
import type {VerbHandler, VerbRequest, WorkerContext} from '../context.ts'
import {SERVED_FEATURES} from '../features.ts'
import {makeDirectory, writeFileAtomic} from '../../infra/files.ts'
import {workerId} from '../identity.ts'
import {openUploads} from '../open-uploads.ts'
import {recoverJob, startSupervisor} from '../recovery.ts'
import {enterJob, findJob} from '../state/jobs.ts'
import {renewLease} from '../state/leases.ts'
import {trustedKey} from '../trusted-keys.ts'
import {jobStatus} from './job-status.ts'
import {readPayload} from './payload.ts'

/** Clocks of host and worker may differ by this much. */
const CLOCK_SKEW_MS = 120_000

/** Starts a job, detached. The same job again answers its status. */
export const submit: VerbHandler = async (context, request) => {
  const {job_id} = await submitJob(context, request)
  return {payload: await jobStatus(context, job_id)}
}

/**
 * Checks everything a request claims, enters the job and starts its supervisor. A known `job_id` with the same key is that job,
 * whatever nonce, expiry or lease say now: a lost answer must not cost a run.
 */
export async function submitJob(
  context: WorkerContext,
  request: VerbRequest,
): Promise<{readonly job_id: string; readonly accepted: boolean}> {
  checkDigestThere(request.payload['job_request'])
  const {job_request, env = {}} = await readPayload('submit', request)
  checkIdentity(job_request)
  const known = findJob(context.db, job_request.job_id)
  if (known !== undefined) {
    if (known.owner !== context.owner || known.job_key !== job_request.job_key)
      throw new RchError('job_id_reused', undefined, {data: {job_id: job_request.job_id}})
    await recoverJob(context, job_request.job_id)
    return {job_id: job_request.job_id, accepted: false}
  }
  checkVersions(job_request)
  checkAuthority(context, job_request)
  checkForwardedValues(job_request, env)
  checkStage(context, job_request)
  const now = Date.now()
  renewLease(context.db, context.owner, job_request.lease_id, job_request.fence, now)
  const layout = context.layout.job(job_request.job_id)
  makeDirectory(layout.root)
  writeFileAtomic(layout.request, keepDocument('job_request', job_request), {durability: 'power'})
  const {job_id, run_id, attempt, job_key, lease_id, fence} = job_request
  const entered = enterJob(
    context.db,
    {job_id, owner: context.owner, host_id: job_request.host.host_id, run_id, attempt, job_key, lease_id, fence},
    {value: job_request.nonce, expires_at: Date.parse(job_request.expires_at) + CLOCK_SKEW_MS},
    now,
  )
  if (entered === 'entered') await startSupervisor(context, 'supervise', job_id, env)
  return {job_id, accepted: entered === 'entered'}
}

/** Said before the schema speaks: a request without its digest comes from another release, and that is the better reason. */
function checkDigestThere(jobRequest: unknown): void {
  if (typeof jobRequest === 'object' && jobRequest !== null && !('job_request_sha256' in jobRequest))
    throw new RchError('job_request_sha256_missing')
}

/** Every digest and id is computed again from what it is of. */
function checkIdentity(request: JobRequest): void {
  const {job} = request
  const digest = jobRequestSha256(request)
  if (digest !== request.job_request_sha256)
    throw new RchError('job_request_sha256_mismatch', undefined, {data: {computed: digest, claimed: request.job_request_sha256}})
  for (const field of ['run_id', 'attempt', 'job_id', 'job_key'] as const) {
    if (job[field] !== request[field])
      throw new RchError('invalid_job_identity', `job.${field} and ${field} differ.`, {data: {field: `job.${field}`}})
  }
  const computed = jobKey(job.job_key_inputs)
  if (computed !== job.job_key) throw new RchError('job_key_mismatch', undefined, {data: {computed, claimed: job.job_key}})
  if (job.job_key_inputs.source_tree_hash !== job.source_tree_hash)
    throw new RchError('invalid_job_identity', undefined, {data: {field: 'job.source_tree_hash'}})
  const [mismatch] = identityMismatches(request)
  if (mismatch !== undefined) {
    throw new RchError('invalid_job_identity', `${mismatch.field} is ${mismatch.claimed}; computed is ${mismatch.computed}.`, {
      data: {...mismatch},
    })
  }
}

function checkVersions(request: JobRequest): void {
  if (request.protocol_version < PROTOCOL.min || request.protocol_version > PROTOCOL.max) {
    throw new RchError('protocol_version_unsupported', undefined, {
      data: {worker: `${PROTOCOL.min}..${PROTOCOL.max}`, host: request.protocol_version},
    })
  }
  if (request.contract_version !== CONTRACT_VERSION)
    throw new RchError('contract_version_unsupported', undefined, {data: {want: request.contract_version, have: [CONTRACT_VERSION]}})
  const lacking = [...new Set([...request.required_features, ...request.job.required_features])].filter(
    (feature) => !SERVED_FEATURES.some((served) => served === feature),
  )
  if (lacking.length > 0) throw new RchError('required_feature_unsupported', undefined, {data: {features: lacking}})
}

/** Signature, audience and time. The nonce is consumed with the job's entry, in one transaction. */
function checkAuthority(context: WorkerContext, request: JobRequest): void {
  const now = Date.now()
  const replayed = (why: string, data: Readonly<Record<string, unknown>> = {}): RchError =>
    new RchError('job_request_replayed', `The job request is not for now or not for here: ${why}.`, {data: {...data, why}})
  const worker_id = workerId(context)
  if (request.audience !== worker_id) throw replayed('it names another worker', {worker_id})
  if (Date.parse(request.expires_at) + CLOCK_SKEW_MS < now) throw replayed(`it expired at ${request.expires_at}`)
  if (Date.parse(request.issued_at) - CLOCK_SKEW_MS > now) throw replayed(`it is from the future (${request.issued_at})`)
  const signature = request.job_request_signature
  if (signature === undefined) {
    if (context.config.trust.require_signed_requests) throw new RchError('job_request_signature_missing')
    return
  }
  const key = trustedKey(context.config.trust.trusted_keys, signature.key_id)
  const good =
    key !== null &&
    verify(
      null,
      signatureBytes(request.job_request_sha256),
      createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url')}, format: 'jwk'}),
      Buffer.from(signature.signature_base64, 'base64'),
    )
  if (!good) throw new RchError('job_request_signature_invalid', undefined, {data: {key_id: signature.key_id, trusted: key !== null}})
}

/** Forwarded values are the ones that were announced: each name, and where a fingerprint stands, each byte. */
function checkForwardedValues(request: JobRequest, env: Readonly<Record<string, string>>): void {
  const announced = new Map(request.job.job_key_inputs.env.map(({name, value_sha256}) => [name, value_sha256]))
  for (const [name, value] of Object.entries(env)) {
    const fingerprint = announced.get(name)
    if (fingerprint === undefined)
      throw new RchError('protocol_error', `env.${name} was not announced in job_key_inputs.`, {data: {field: `env.${name}`}})
    if (fingerprint !== null && envValueSha256(name, value) !== fingerprint)
      throw new RchError('protocol_error', `The value of env.${name} does not have its fingerprint.`, {data: {field: `env.${name}`}})
  }
  const missing = [...announced].filter(([name, fingerprint]) => fingerprint !== null && !Object.hasOwn(env, name)).map(([name]) => name)
  if (missing.length > 0)
    throw new RchError('protocol_error', `The values of ${missing.join(', ')} were announced and not sent.`, {
      data: {field: 'env', missing},
    })
}

/** The staging that the job names is complete, is the caller's, and is of the job's source. */
function checkStage(context: WorkerContext, request: JobRequest): void {
  const {stage, job, source_manifest} = request
  const {receipt, manifest} = openUploads(context).finished(context.owner, stage.upload_id)
  if (
    receipt.source_tree_hash !== job.source_tree_hash ||
    stage.source_tree_hash !== job.source_tree_hash ||
    receipt.stager !== stage.stager
  ) {
    throw new RchError('stage_receipt_mismatch', undefined, {
      data: {upload_id: stage.upload_id, receipt: receipt.source_tree_hash, job: job.source_tree_hash},
    })
  }
  if (sha256(manifest) !== source_manifest.sha256)
    throw new RchError('stage_receipt_mismatch', 'The staged manifest is not the one the job names.', {data: {upload_id: stage.upload_id}})
}
