import {RchError, type Classifier} from '@rch/contract'
import {
  runIdentity,
  stepIdentity,
  type envFingerprints,
  type PlannedStep,
  type RunIdentity,
  type StepIdentity,
} from '../../domain/plan/run-identity.ts'
import type {Snapshot} from '../../snapshot/index.ts'
import type {AcceptedStep, GateRequest} from './gate-request.ts'
import type {Candidate} from './select-worker.ts'

/** What a run is on one candidate. */
export interface CandidatePlan {
  readonly identity: RunIdentity
  readonly steps: readonly CandidateStep[]
}

/** A step with all that a candidate's toolchain makes of it. */
export interface CandidateStep {
  readonly accepted: AcceptedStep
  readonly planned: PlannedStep
  readonly identity: StepIdentity
}

/** The plan of a run on a candidate: its destinations, the words its toolchain is given, and what both make of the identity. */
export function planFor(
  classifier: Classifier,
  request: GateRequest,
  candidate: Pick<Candidate, 'fit'>,
  snapshot: Pick<Snapshot, 'sourceTreeHash'>,
  env: ReturnType<typeof envFingerprints>,
): CandidatePlan {
  const {toolchain, destinations} = candidate.fit
  const planned = request.steps.map((accepted, index): PlannedStep => {
    const resolved = destinations[index] ?? []
    return {
      index,
      step: accepted.step,
      freshWorkspace: accepted.freshWorkspace,
      destinations: resolved,
      resolvedArgv: classifier.resolvedArgv(accepted.step, resolved),
    }
  })
  const identity = runIdentity(request.kind, request.profile, planned, toolchain, env, snapshot.sourceTreeHash)
  return {
    identity,
    steps: request.steps.map((accepted, index) => {
      const step = planned[index]
      if (step === undefined) throw new RchError('internal_error', 'a step was lost while planning')
      return {accepted, planned: step, identity: stepIdentity(request.kind, request.profile, step, toolchain, env, snapshot.sourceTreeHash)}
    }),
  }
}
