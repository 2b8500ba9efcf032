import type {Connection, ErrorCode} from '@rch/contract'
import type {Document, JobRequest, Summary} from '@rch/contract/documents'
import type {GateRequest} from './gate-request.ts'
import type {HeldLease} from './hold-lease.ts'
import type {Notebook} from './notebook.ts'
import type {OnProgress} from './progress.ts'
import type {Candidate} from './select-worker.ts'

/** How a step ended, or that it goes on. */
export interface StepResult {
  /** The host's own summary: a copy of the sealed one, or its own verdict. */
  readonly summary: Summary
  readonly cached: boolean
  readonly carried: boolean
  readonly jobDirectory: string | null
  readonly indexRow: Document<'run_index'>['steps'][number]
}

/** What a step runs with. */
export interface StepContext {
  readonly notebook: Notebook
  readonly jobRequest: JobRequest
  readonly request: Pick<GateRequest, 'profile' | 'detach'>
  readonly candidate: Pick<Candidate, 'worker'> & {readonly fit: Pick<Candidate['fit'], 'protocolVersion'>}
  /** The way to the worker; replaced when it breaks. */
  readonly way: {current: Connection}
  /** The run's lease; replaced when it expires. */
  readonly held: {current: HeldLease}
  readonly index: number
  readonly steps: number
  readonly forwarded: Readonly<Record<string, string>>
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
  /** A failure that the caller may mend: it is not told as the step's end. */
  readonly hushes?: ErrorCode
}

/** What the steps of a run share. */
export type StepFacts = Omit<StepContext, 'jobRequest' | 'index' | 'forwarded'>
