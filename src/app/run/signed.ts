import {RchError, type EffectiveProfile, type WorkerEntry} from '@rch/contract'
import type {JobRequest} from '@rch/contract/documents'
import {signRequest} from '../../infra/request-signer.ts'

/** The request with the host's signature, where a key is set. Throws `config_invalid` when one is required and none is. */
export async function signed(profile: EffectiveProfile, worker: WorkerEntry, jobRequest: JobRequest): Promise<JobRequest> {
  const keyFile = worker.request_signing_key ?? profile.request_signing_key
  if (keyFile !== null) return {...jobRequest, job_request_signature: await signRequest(keyFile, jobRequest.job_request_sha256)}
  if (!profile.trust.require_signed_job_requests) return jobRequest
  const problem = 'trust.require_signed_job_requests is on, and no request_signing_key is set'
  throw new RchError('config_invalid', problem, {
    data: {file: 'config.toml', problem},
    hint: 'Set [defaults] request_signing_key = "~/.ssh/rch_sign" in config.toml.',
  })
}
