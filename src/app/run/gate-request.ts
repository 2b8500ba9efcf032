import type {Decision, EffectiveProfile, ClassifierPolicy} from '@rch/contract'
import type {EffectiveConfig} from '../../domain/config/index.ts'

/** Where a command came in. */
export type Entrance = 'run' | 'build' | 'test' | 'verify' | 'plan' | 'explain' | 'intercept' | 'resume' | 'retry'

/** What is to be run: accepted, under an effective profile. */
export interface GateRequest {
  readonly entrance: Entrance
  readonly config: EffectiveConfig
  readonly profile: EffectiveProfile
  /** The classifier that accepted, by id; jobs are of its kind. */
  readonly kind: 'xcodebuild'
  readonly steps: readonly AcceptedStep[]
  readonly policy: ClassifierPolicy
  readonly worker: string | null
  readonly traceId: string | null
  /** Return once the worker has accepted the job. */
  readonly detach: boolean
  /** Somebody is there who can say that a source of which little is left as it was is meant. */
  readonly asks: boolean
  /** Whether flags or a command's words were layers of the configuration. */
  readonly layers: {readonly flags: boolean; readonly command: boolean}
}

/** One step with the decision that let it in. */
export interface AcceptedStep {
  readonly decision: Decision
  readonly step: Decision['steps'][number]
  readonly freshWorkspace: boolean
  readonly original: {readonly text: string | null; readonly argv: readonly string[] | null}
}
