import type {JobRequest} from '@rch/contract/documents'
import {jobRequestSha256, uuidv7} from '@rch/contract/identity'
import {VALID_FOR_MS} from './compose-job.ts'
import type {HeldLease} from './hold-lease.ts'

/** The same job asked for again, now and under this lease, unsigned: its ids and everything that they are made of stay. */
export function reissueRequest(request: JobRequest, lease: HeldLease, uploadId = request.stage.upload_id): JobRequest {
  const {job_request_signature: _, ...unsigned} = request
  const {job} = unsigned
  const {effective_config: config} = job
  const now = Date.now()
  const body: JobRequest = {
    ...unsigned,
    job: {...job, effective_config: {...config, resolved: {...config.resolved, lease_id: lease.lease_id}}},
    stage: {...unsigned.stage, upload_id: uploadId},
    lease_id: lease.lease_id,
    fence: lease.fence,
    nonce: uuidv7(now),
    issued_at: new Date(now).toISOString(),
    expires_at: new Date(now + VALID_FOR_MS).toISOString(),
  }
  return {...body, job_request_sha256: jobRequestSha256(body)}
}
