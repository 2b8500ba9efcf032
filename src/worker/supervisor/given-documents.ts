import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {documentHead, keepDocument, writeDocument} from '@rch/contract/documents'
import {openUploads} from '../open-uploads.ts'
import {writeFileAtomic} from '../../infra/files.ts'
import {probeWorker} from '../toolchain/probe-worker.ts'
import type {JobSession} from './session.ts'

/** The part of the sealed set that the request already holds, and the worker's own description as the job found it. */
export async function writeGivenDocuments(session: JobSession): Promise<void> {
  const {request, layout, context} = session
  const {artifacts} = layout
  const {job} = request
  mkdirSync(join(artifacts, 'artifact_trees'), {recursive: true, mode: 0o700})
  const write = (name: string, bytes: Uint8Array): void => writeFileAtomic(join(artifacts, name), bytes)
  write('job.json', keepDocument('job', job))
  write('job_request.json', keepDocument('job_request', request))
  write('job_key_inputs.json', keepDocument('job_key_inputs', job.job_key_inputs))
  write('classifier_policy.json', keepDocument('classifier_policy', request.classifier_policy))
  write('invocation.json', keepDocument('invocation', request.invocation))
  write('decision.json', keepDocument('decision', request.decision))
  write('effective_config.json', keepDocument('effective_config', session.compose('effective_config', job.effective_config)))
  const {receipt, manifest} = openUploads(context).finished(context.owner, request.stage.upload_id)
  write('source_manifest.json', manifest)
  session.put('stage_receipt', receipt)
  const {run_id, attempt, job_id, job_key} = request
  const capabilities = await probeWorker(context, {fresh: false})
  writeFileSync(
    join(artifacts, 'capabilities.json'),
    writeDocument('capabilities', {...documentHead('capabilities'), run_id, attempt, job_id, job_key, ...capabilities}),
    {mode: 0o600},
  )
  const {enabled} = job.effective_config.inputs.redaction
  if (enabled)
    session.put('redaction_report', {
      enabled,
      rules: [],
      skipped: job.job_key_inputs.env.map(({name}) => ({name, reason: 'not_checked'})),
      unredacted: [],
    })
  const {mode, allow} = job.effective_config.inputs.network
  if (mode !== 'allow_all')
    session.put('network_policy', {mode, allow: [...allow], enforcement: 'none', status: 'not_checked', detail: null})
}
