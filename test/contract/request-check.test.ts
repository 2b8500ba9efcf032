import {describe, expect, it} from 'vitest'
import {writeDocument, type JobRequest} from '@rch/contract/documents'
import {identityMismatches, jobRequestSha256} from '@rch/contract/identity'
import {consistentRequest} from '../support/consistent-request.ts'

const request = consistentRequest()
const {job} = request

describe('identityMismatches', () => {
  it('finds nothing in a request that tells one story', () => {
    expect(() => writeDocument('job_request', request)).not.toThrow()
    expect(identityMismatches(request)).toEqual([])
  })

  it.each<[string, JobRequest]>([
    ['job.config_hash', withJob({config_hash: '0'.repeat(64)})],
    ['job.slot_key', withJob({slot_key: '0'.repeat(64)})],
    ['job.classifier_policy_sha256', withJob({classifier_policy_sha256: '0'.repeat(64)})],
    ['job.job_id', withJob({job_id: 'another-job-0001'})],
    ['job.attempt', withJob({attempt: 2})],
    ['job.index', withJob({index: 1})],
    ['job.action', withJob({action: 'build'})],
    ['job.job_kind', withJob({job_kind: 'other'})],
    ['job.cache.posture', withJob({cache: {...job.cache, posture: 'untrusted'}})],
    ['stage.source_tree_hash', resealed({...request, stage: {...request.stage, source_tree_hash: '0'.repeat(64)}})],
    ['run_id', resealed({...request, run_id: '0'.repeat(64)})],
    ['job_key', resealed({...request, job_key: '0'.repeat(64)})],
    ['decision.job_id', resealed({...request, decision: {...request.decision, job_id: null}})],
    ['invocation.run_id', resealed({...request, invocation: {...request.invocation, run_id: null}})],
    ['job.job_key_inputs.policy', withKey({policy: {...job.job_key_inputs.policy, code_signing_allowed: true}})],
    ['job.job_key_inputs.env', withKey({env: []})],
    ['job.job_key_inputs.toolchain', withKey({toolchain: {...job.job_key_inputs.toolchain, xcode_build: 'other'}})],
    ['job.job_key_inputs.toolchain.developer_dir', withKey({toolchain: {...job.job_key_inputs.toolchain, developer_dir: '/x'}})],
    ['job.job_key_inputs.destinations.0', withKey({destinations: [{...job.job_key_inputs.destinations[0]!, os_version: '17.0'}]})],
    ['job.job_key_inputs.source_tree_hash', withKey({source_tree_hash: '0'.repeat(64)})],
  ])('finds a false %s, though the request was digested anew', (field, changed) => {
    const fields = identityMismatches(changed).map((mismatch) => mismatch.field)
    // Another index makes the action and the slot those of a step that does not exist.
    if (field === 'job.index') expect(fields).toEqual(expect.arrayContaining(['job.action', 'job.slot_key']))
    else expect(fields).toContain(field)
    expect(fields).not.toContain('job_request_sha256')
  })

  it('finds any change behind the digest of the request', () => {
    expect(identityMismatches({...request, audience: 'somebody else'}).map(({field}) => field)).toEqual(['job_request_sha256'])
  })
})

function withJob(change: Partial<JobRequest['job']>): JobRequest {
  return resealed({...request, job: {...job, ...change}})
}

function withKey(change: Partial<JobRequest['job']['job_key_inputs']>): JobRequest {
  return withJob({job_key_inputs: {...job.job_key_inputs, ...change}})
}

function resealed(changed: JobRequest): JobRequest {
  return {...changed, job_request_sha256: jobRequestSha256(changed)}
}
