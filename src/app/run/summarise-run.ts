import {documentHead, type RunSummary} from '@rch/contract/documents'
import type {Notebook} from './notebook.ts'
import type {StepResult} from './run-step.ts'

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
  const deciding = steps.find((step) => step.status === 'rejected') ?? steps.find((step) => step.status === 'cancelled') ?? steps.find((step) => step.status === 'failed')
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
