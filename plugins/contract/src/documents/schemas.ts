import {z} from 'zod'
import {annotations, buildSummary, testSummary} from './reports.ts'
import {artifactTree, attestationVerification, jobIndex, manifest, storage} from './artifacts.ts'
import {attestation, dsseEnvelope, provenance} from './attestation.ts'
import {effectiveConfig} from './config.ts'
import {decision, invocation} from './decision.ts'
import {event, runEvent} from './events.ts'
import {
  backendInvocation,
  destination,
  environment,
  executorEnv,
  metrics,
  networkPolicy,
  products,
  redactionReport,
  stageReceipt,
  stageVerification,
  toolchain,
} from './execution.ts'
import {jobScope} from './header.ts'
import {jobKeyInputs} from './inputs.ts'
import {job, jobRequest} from './job.ts'
import {classifierPolicy} from './policy.ts'
import {capabilities, provenanceVerification, runIndex, runMetrics, runPlan, sourceManifest, staging, workerSelection} from './run.ts'
import {jobState, runState} from './states.ts'
import {runSummary, summary} from './summary.ts'
import type {DocumentName} from './table.ts'

/** The closed schema of every document: what we write has exactly these fields. */
export const SCHEMAS = {
  job,
  job_request: jobRequest,
  job_key_inputs: jobKeyInputs,
  effective_config: jobScope('effective_config', effectiveConfig.shape),
  decision,
  invocation,
  classifier_policy: classifierPolicy,
  source_manifest: sourceManifest,
  capabilities,
  toolchain,
  destination,
  environment,
  executor_env: executorEnv,
  backend_invocation: backendInvocation,
  stage_receipt: stageReceipt,
  stage_verification: stageVerification,
  job_state: jobState,
  event,
  metrics,
  summary,
  build_summary: buildSummary,
  test_summary: testSummary,
  annotations,
  products,
  redaction_report: redactionReport,
  network_policy: networkPolicy,
  artifact_tree: artifactTree,
  manifest,
  attestation,
  dsse_envelope: dsseEnvelope,
  job_index: jobIndex,
  run_index: runIndex,
  run_plan: runPlan,
  run_state: runState,
  run_summary: runSummary,
  run_event: runEvent,
  run_metrics: runMetrics,
  worker_selection: workerSelection,
  staging,
  attestation_verification: attestationVerification,
  storage,
  provenance,
  provenance_verification: provenanceVerification,
} as const satisfies Record<DocumentName, z.ZodType>

export type DeepReadonly<T> = T extends readonly (infer I)[]
  ? readonly DeepReadonly<I>[]
  : T extends object
    ? {readonly [K in keyof T]: DeepReadonly<T[K]>}
    : T

/** A document's content by its name. */
export type Document<N extends DocumentName> = DeepReadonly<z.infer<(typeof SCHEMAS)[N]>>
