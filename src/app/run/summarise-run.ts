import {join} from 'node:path'
import {documentHead, writeDocument, type RunSummary} from '@rch/contract/documents'
import {writeFileAtomic} from '../../infra/files.ts'
import type {Notebook} from './notebook.ts'
import type {StepResult} from './step-context.ts'

/** The run's outcome from its steps': any rejected, else any cancelled, else the first that failed, else success. */
export function summariseRun(notebook: Notebook, results: readonly StepResult[], startedAt: Date): RunSummary {
  const finished = new Date()
  const steps = results.map(({summary, cached, carried}) => ({
    index: summary.index,
    action: summary.action,
    job_id: summary.job_id,
    status: summary.status,
    exit_code: summary.exit_code,
    error_code: summary.error_code,
    cached,
    carried,
  }))
  const count = (status: string): number => steps.filter((step) => step.status === status).length
  const deciding =
    steps.find((step) => step.status === 'rejected') ??
    steps.find((step) => step.status === 'cancelled') ??
    steps.find((step) => step.status === 'failed')
  const decisive = results.find(({summary}) => summary.index === deciding?.index)
  return {
    ...documentHead('run_summary'),
    run_id: notebook.runId,
    attempt: notebook.attempt,
    host_id: notebook.hostId,
    status: deciding === undefined || deciding.status === 'skipped' || deciding.status === 'success' ? 'success' : deciding.status,
    exit_code: deciding?.exit_code ?? 0,
    error_code: deciding?.error_code ?? null,
    errors: decisive?.summary.errors ?? [],
    human_summary: results.map(({summary}) => summary.human_summary).join('; '),
    started_at: startedAt.toISOString(),
    finished_at: finished.toISOString(),
    duration_ms: finished.getTime() - startedAt.getTime(),
    step_count: steps.length,
    steps_succeeded: count('success'),
    steps_failed: count('failed'),
    steps_cancelled: count('cancelled'),
    steps_skipped: count('skipped'),
    steps_rejected: count('rejected'),
    steps,
  }
}

/** Writes what ends a notebook: summary, index, the last events and the final state. */
export function finishNotebook(notebook: Notebook, summary: RunSummary, results: readonly StepResult[]): void {
  writeFileAtomic(join(notebook.directory, 'run_summary.json'), writeDocument('run_summary', summary))
  const state = summary.status === 'success' ? 'succeeded' : summary.status === 'cancelled' ? 'cancelled' : 'failed'
  notebook.put('run_index', {
    documents: {
      run_plan: 'run_plan.json',
      run_state: 'run_state.json',
      run_summary: 'run_summary.json',
      run_event: 'run_events.ndjson',
      worker_selection: 'worker_selection.json',
      capabilities: 'capabilities.json',
      source_manifest: 'source_manifest.json',
    },
    steps: results.map((result) => result.indexRow),
  })
  notebook.say({type: 'attempt_complete', state})
  notebook.say({type: 'run_complete', status: summary.status === 'rejected' ? 'failed' : summary.status, exit_code: summary.exit_code})
  notebook.become(state)
}
