/**
 * Every document and file that the lane writes, in one table. It imports no schema, so that the code which names, seals and
 * lists files does not pay for them.
 */

/** Which ids the header carries: a job's, a run's, those of either as far as they exist, none, or no header at all. */
export type DocumentScope = 'job' | 'run' | 'step' | 'host' | 'none' | 'bare'

export interface DocumentRow {
  /** Path inside the sealed set or the notebook; `*` stands for a name. */
  readonly file: string
  readonly scope: DocumentScope
  /** Who keeps it: the worker's sealed set, the host's notebook, a refusal's folder, the line stream. */
  readonly places: readonly ('sealed' | 'notebook' | 'refusal')[]
  /** When it has to be in the sealed set (else: in its place); a condition in words where not always. */
  readonly required: string
  readonly content_type: string
  readonly artifact_type: string
  readonly sensitivity: Sensitivity
  readonly layout: 'indented' | 'compact' | 'jcs' | 'lines'
}

export type Sensitivity = 'public' | 'internal' | 'redacted' | 'unredacted'

const SEALED = ['sealed'] as const
const NOTEBOOK = ['notebook'] as const

export const DOCUMENT_TABLE = {
  job: sealed('job.json', 'job'),
  job_request: sealed('job_request.json', 'job'),
  job_key_inputs: sealed('job_key_inputs.json', 'bare', {layout: 'jcs'}),
  effective_config: sealed('effective_config.json', 'job'),
  decision: sealed('decision.json', 'step', {places: ['sealed', 'notebook', 'refusal']}),
  invocation: sealed('invocation.json', 'step', {places: ['sealed', 'refusal']}),
  classifier_policy: sealed('classifier_policy.json', 'bare', {places: ['sealed', 'refusal'], layout: 'jcs'}),
  source_manifest: sealed('source_manifest.json', 'none', {places: ['sealed', 'notebook'], layout: 'compact'}),
  capabilities: sealed('capabilities.json', 'step', {places: ['sealed', 'notebook']}),
  toolchain: sealed('toolchain.json', 'job'),
  destination: sealed('destination.json', 'job'),
  environment: sealed('environment.json', 'job'),
  executor_env: sealed('executor_env.json', 'job'),
  backend_invocation: sealed('backend_invocation.json', 'job'),
  stage_receipt: sealed('stage_receipt.json', 'job'),
  stage_verification: sealed('stage_verification.json', 'job', {required: 'the source was hashed again'}),
  job_state: sealed('job_state.json', 'job'),
  event: sealed('events.ndjson', 'bare', {content_type: 'application/x-ndjson', artifact_type: 'events', layout: 'lines'}),
  metrics: sealed('metrics.json', 'job'),
  summary: sealed('summary.json', 'step', {places: ['sealed', 'notebook', 'refusal']}),
  build_summary: sealed('build_summary.json', 'job'),
  test_summary: sealed('test_summary.json', 'job', {required: 'the action runs tests'}),
  annotations: sealed('annotations.json', 'job', {required: 'reports.annotations'}),
  products: sealed('products.json', 'job', {required: 'build-for-testing succeeded'}),
  redaction_report: sealed('redaction_report.json', 'job', {required: 'redaction.enabled'}),
  network_policy: sealed('network_policy.json', 'job', {required: 'network.mode is not allow_all'}),
  artifact_tree: sealed('artifact_trees/*.tree.json', 'job', {required: 'one per directory artifact', layout: 'compact'}),
  manifest: sealed('manifest.json', 'job'),
  attestation: sealed('attestation.json', 'bare', {artifact_type: 'attestation', content_type: 'application/vnd.in-toto+json'}),
  dsse_envelope: sealed('attestation.sig', 'bare', {required: 'the worker has a signing key', layout: 'compact'}),
  job_index: sealed('job_index.json', 'job'),
  run_index: notebook('run_index.json', 'run'),
  run_plan: notebook('run_plan.json', 'run'),
  run_state: notebook('run_state.json', 'run'),
  run_summary: notebook('run_summary.json', 'host', {places: ['notebook', 'refusal']}),
  run_event: notebook('run_events.ndjson', 'bare', {content_type: 'application/x-ndjson', artifact_type: 'events', layout: 'lines'}),
  run_metrics: notebook('run_metrics.json', 'run'),
  worker_selection: notebook('worker_selection.json', 'run'),
  staging: notebook('staging.json', 'run'),
  attestation_verification: notebook('attestation_verification.json', 'step'),
  storage: notebook('storage.json', 'step'),
  provenance: notebook('provenance/provenance.json', 'bare', {required: 'provenance.enabled'}),
  provenance_verification: notebook('provenance/verification.json', 'run', {required: 'provenance.enabled'}),
} as const satisfies Record<string, DocumentRow>

export type DocumentName = keyof typeof DOCUMENT_TABLE

export const DOCUMENT_NAMES: readonly DocumentName[] = Object.keys(DOCUMENT_TABLE).filter(isDocumentName)

/** The one major of every schema so far. */
export const SCHEMA_MAJOR = 1

export function isDocumentName(name: unknown): name is DocumentName {
  return typeof name === 'string' && Object.hasOwn(DOCUMENT_TABLE, name)
}

export function schemaId<N extends string>(name: N): `rch-xcode/${N}@1` {
  return `rch-xcode/${name}@${SCHEMA_MAJOR}`
}

function sealed(file: string, scope: DocumentScope, changes: Partial<DocumentRow> = {}): DocumentRow {
  return {...row(file), scope, places: SEALED, ...changes}
}

function notebook(file: string, scope: DocumentScope, changes: Partial<DocumentRow> = {}): DocumentRow {
  return {...row(file), scope, places: NOTEBOOK, ...changes}
}

function row(file: string): Omit<DocumentRow, 'scope' | 'places'> {
  return {
    file,
    required: 'always',
    content_type: 'application/json',
    artifact_type: 'document',
    sensitivity: 'internal',
    layout: 'indented',
  }
}
