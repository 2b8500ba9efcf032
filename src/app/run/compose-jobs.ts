import type {EffectiveProfile} from '@rch/contract'
import type {Document, JobRequest} from '@rch/contract/documents'
import {sha256, uuidv7} from '@rch/contract/identity'
import {namespaceOf} from '../../domain/plan/run-identity.ts'
import type {Snapshot} from '../../snapshot/index.ts'
import type {Lane} from '../lane.ts'
import type {BegunRun} from './begin-run.ts'
import {composeJobRequest, type RunFacts} from './compose-job.ts'
import type {GateRequest} from './gate-request.ts'
import {signed} from './signed.ts'

/** The requests of all jobs of a run, in the order of its steps; their source is to arrive as the upload `uploadId`. */
export async function composeJobs(
  lane: Lane,
  request: GateRequest,
  {snapshot, plan: {identity, steps}, granted: {candidate, connection, lease, notebook}}: BegunRun,
  uploadId: string,
): Promise<readonly JobRequest[]> {
  const {profile} = request
  const facts: RunFacts = {
    request,
    inputs: identity.inputs,
    config_hash: identity.config_hash,
    run_id: identity.run_id,
    attempt: notebook.attempt,
    namespace: namespaceOf(profile, lane.repository, lane.hostId),
    source: {
      tree_hash: snapshot.sourceTreeHash,
      manifest_sha256: sha256(snapshot.manifestBytes),
      manifest_bytes: snapshot.manifestBytes.length,
      entries: snapshot.stats.files,
    },
    vcs: vcsOf(snapshot, profile),
    upload_id: uploadId,
    candidate,
    lease,
    connection,
  }
  const requests: JobRequest[] = []
  for (const [index, step] of steps.entries()) {
    const composed = composeJobRequest(lane, facts, step.accepted, index, uuidv7(), step.identity)
    requests.push(await signed(profile, candidate.worker, composed))
  }
  return requests
}

function vcsOf(snapshot: Snapshot, profile: EffectiveProfile): Document<'job_request'>['vcs'] {
  const {kind, commit, branch, dirty, submodules} = snapshot.vcs
  return {
    kind,
    commit,
    branch,
    dirty,
    submodules: submodules.map(({path, commit: at}) => ({path, commit: at ?? ''})),
    lfs: profile.source.lfs,
  }
}
