import type {RunSummary} from '@rch/contract/documents'
import type {StepResult} from './step-context.ts'

/** How a run ended on this host, or that it goes on. */
export interface GateResult {
  readonly run_id: string
  readonly attempt: number
  readonly directory: string
  readonly worker: string
  readonly summary: RunSummary | null
  readonly steps: readonly StepResult[]
  /** The run goes on without us. */
  readonly detached: boolean
}
