import {join} from 'node:path'
import type {EffectiveProfile} from '@rch/contract'
import type {JobRequest} from '@rch/contract/documents'
import {writeFileAtomic} from '../../infra/files.ts'
import type {BegunRun} from './begin-run.ts'
import {keepRequest} from './run-step.ts'

/** What a notebook holds before anything is sent: which worker and why, the source, the plan, and the requests of its jobs. */
export function writeFoundations(
  profile: EffectiveProfile,
  {selection, snapshot, plan: {identity}, granted: {candidate, notebook}}: BegunRun,
  requests: readonly JobRequest[],
): void {
  notebook.say({type: 'run_started', profile: profile.name, steps: requests.map(({job}) => job.action)})
  notebook.put('worker_selection', {...selection.record, chosen: candidate.worker.name})
  notebook.put('capabilities', candidate.capabilities)
  writeFileAtomic(join(notebook.directory, 'source_manifest.json'), snapshot.manifestBytes)
  notebook.put('run_plan', {
    profile: profile.name,
    worker: candidate.worker.name,
    worker_host: candidate.worker.host,
    capabilities_sha256: candidate.capabilities.capabilities_sha256,
    protocol_version: candidate.fit.protocolVersion,
    source_tree_hash: snapshot.sourceTreeHash,
    config_hash: identity.config_hash,
    continue_on_failure: profile.continue_on_failure,
    steps: requests.map(({job_id, job_key, job: {action}}, index) => ({index, action, job_id, job_key})),
  })
  // Before anything is sent: whoever resumes asks for these very jobs.
  for (const jobRequest of requests) keepRequest(notebook, jobRequest)
}
