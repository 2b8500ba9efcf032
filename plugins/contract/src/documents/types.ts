import type {z} from 'zod'
import type {probeAnswer} from './capabilities.ts'
import type {effectiveConfig, limits, timeouts} from './config.ts'
import type {bareStageReceipt} from './execution.ts'
import type {errorItem, hostClaim, transportClaim, vcs} from './fields.ts'
import type {inputs} from './inputs.ts'
import type {outcomeCounts} from './summary.ts'
import type {DeepReadonly, Document} from './schemas.ts'

/** The parts that other rooms pass around by name. */
export type Capabilities = DeepReadonly<z.infer<typeof probeAnswer>>
export type EffectiveConfig = DeepReadonly<z.infer<typeof effectiveConfig>>
export type ErrorItem = DeepReadonly<z.infer<typeof errorItem>>
export type HostClaim = DeepReadonly<z.infer<typeof hostClaim>>
export type Inputs = DeepReadonly<z.infer<typeof inputs>>
export type JobLimits = DeepReadonly<z.infer<typeof limits>>
export type JobTimeouts = DeepReadonly<z.infer<typeof timeouts>>
export type OutcomeCounts = DeepReadonly<z.infer<typeof outcomeCounts>>
export type StageReceipt = DeepReadonly<z.infer<typeof bareStageReceipt>>
export type TransportClaim = DeepReadonly<z.infer<typeof transportClaim>>
export type Vcs = DeepReadonly<z.infer<typeof vcs>>

export type ClassifierPolicyDocument = Document<'classifier_policy'>
export type DecisionDocument = Document<'decision'>
export type InvocationDocument = Document<'invocation'>
export type Job = Document<'job'>
export type JobIndex = Document<'job_index'>
export type JobKeyInputs = Document<'job_key_inputs'>
export type JobRequest = Document<'job_request'>
export type JobStateDocument = Document<'job_state'>
export type Manifest = Document<'manifest'>
export type ManifestEntry = Manifest['entries'][number]
export type RunIndex = Document<'run_index'>
export type RunPlan = Document<'run_plan'>
export type RunStateDocument = Document<'run_state'>
export type RunSummary = Document<'run_summary'>
export type Summary = Document<'summary'>
