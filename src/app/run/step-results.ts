import {join, relative} from 'node:path'
import {ERRORS, type RchError} from '@rch/contract'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import {documentHead, writeDocument, type JobRequest, type Summary} from '@rch/contract/documents'
import {errorItems, exitCodeOf} from '../../domain/error-item.ts'
import {writeFileAtomic} from '../../infra/files.ts'
import {neverRan} from './never-ran.ts'
import type {Notebook} from './notebook.ts'
import type {StepResult} from './step-context.ts'

/** A step that never ran, or whose run ended before it could be asked for. */
export function skippedStep(notebook: Notebook, index: number, action: Action, runId: string, error?: RchError): StepResult {
  const folder = notebook.step(index, action)
  const summary: Summary =
    error === undefined
      ? skipped(index, action, runId, notebook.attempt)
      : {...verdictFields(error), ...emptySummary(index, action, runId, notebook.attempt)}
  writeFileAtomic(join(folder, 'summary.json'), writeDocument('summary', summary))
  notebook.say({type: 'step_complete', index, action, job_id: null, status: summary.status, error_code: summary.error_code, carried: false})
  return withoutSet(summary, {
    action,
    summary_path: relative(notebook.directory, join(folder, 'summary.json')),
    state: error === undefined ? 'skipped' : summary.status === 'cancelled' ? 'cancelled' : 'failed',
  })
}

/** A step that was submitted and is left to go on. */
export function detachedStep(index: number, jobRequest: JobRequest): StepResult {
  const {action} = jobRequest.job
  const summary = {...skipped(index, action, jobRequest.run_id, jobRequest.attempt), job_id: jobRequest.job_id, job_key: jobRequest.job_key}
  return withoutSet(summary, {action, summary_path: 'run_state.json', state: 'running'})
}

/** A step of which no sealed set is here. */
function withoutSet(summary: Summary, row: Pick<StepResult['indexRow'], 'action' | 'summary_path' | 'state'>): StepResult {
  const {index, job_id} = summary
  const indexRow = {index, job_id, job_index_path: null, job_index_sha256: null, ...row}
  return {summary, cached: false, carried: false, jobDirectory: null, indexRow}
}

/** The host's own verdict over a step whose set it cannot take as it is. */
export function hostVerdict(jobRequest: JobRequest, index: number, error: RchError, sealedStatus: Summary['sealed_status']): Summary {
  return {
    ...verdictFields(error),
    ...emptySummary(index, jobRequest.job.action, jobRequest.run_id, jobRequest.attempt),
    job_id: jobRequest.job_id,
    job_key: jobRequest.job_key,
    sealed_status: sealedStatus,
  }
}

function verdictFields(error: RchError) {
  const cancelled = ERRORS[error.code].kind === 'CANCELLED'
  return {
    status: cancelled ? ('cancelled' as const) : ('failed' as const),
    state: cancelled ? ('cancelled' as const) : ('failed' as const),
    failure_kind: ERRORS[error.code].kind,
    failure_subkind: null,
    error_code: error.code,
    errors: errorItems(error),
    exit_code: exitCodeOf(error.code),
    human_summary: error.message,
  }
}

function emptySummary(index: number, action: Action, runId: string, attempt: number) {
  return {
    ...documentHead('summary'),
    run_id: runId,
    attempt,
    job_id: null,
    job_key: null,
    index,
    action,
    rejection_reason: null,
    ...neverRan(new Date()),
  }
}

function skipped(index: number, action: Action, runId: string, attempt: number): Summary {
  return {
    ...emptySummary(index, action, runId, attempt),
    status: 'skipped',
    state: null,
    failure_kind: null,
    failure_subkind: null,
    error_code: null,
    errors: [],
    exit_code: 0,
    human_summary: `${action} was skipped`,
  }
}
