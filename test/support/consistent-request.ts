import type {JobRequest} from '@rch/contract/documents'
import {configHash, jobKey, jobRequestSha256, runId, sha256, slotKey, toolchainKey} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {SAMPLES} from './samples/documents.ts'

/** A job request whose every digest and id follows from the rest of it, as a host makes them. */
export function consistentRequest(change: (request: JobRequest) => JobRequest = (request) => request): JobRequest {
  const request = change(SAMPLES.job_request)
  const {job} = request
  const {inputs} = job.effective_config
  const [step] = inputs.steps
  if (step === undefined) throw new Error('the sample has no step')
  const {container, sdk, build_settings} = step.model
  const ids = {run_id: runId(inputs, job.source_tree_hash), job_key: jobKey(job.job_key_inputs)}
  const classifier_policy_sha256 = sha256(canonicalJson(request.classifier_policy))
  const complete: JobRequest = {
    ...request,
    ...ids,
    job: {
      ...job,
      ...ids,
      config_hash: configHash(inputs),
      slot_key: slotKey({container, sdk, build_settings, toolchain: toolchainKey(job.job_key_inputs.toolchain), source: inputs.source}),
      classifier_policy_sha256,
    },
    invocation: {...request.invocation, ...ids, classifier_policy_sha256},
    decision: {...request.decision, ...ids, classifier_policy_sha256},
  }
  return {...complete, job_request_sha256: jobRequestSha256(complete)}
}
