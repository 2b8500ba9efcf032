import {RchError} from './errors/rch-error.ts'

export const JOB_STATES = ['staged', 'running', 'collecting', 'succeeded', 'failed', 'cancelled', 'timed_out'] as const
export const RUN_STATES = ['created', 'queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const STEP_STATES = ['pending', 'uploading', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const

export type JobState = (typeof JOB_STATES)[number]
export type RunState = (typeof RUN_STATES)[number]
export type StepState = (typeof STEP_STATES)[number]

/**
 * What may follow what. A state with nothing behind it is final: for a job that means sealed, and only `collecting` leads
 * there. A wish to cancel is a flag beside the state; not knowing is no state at all.
 */
export const TRANSITIONS = {
  job: {
    staged: ['running', 'collecting'],
    running: ['collecting'],
    collecting: ['succeeded', 'failed', 'cancelled', 'timed_out'],
    succeeded: [],
    failed: [],
    cancelled: [],
    timed_out: [],
  },
  run: {
    // Straight to running when a lease was granted at once.
    created: ['queued', 'running', 'failed', 'cancelled'],
    queued: ['running', 'failed', 'cancelled'],
    // A lease that expired between two steps is reserved again without leaving this state.
    running: ['succeeded', 'failed', 'cancelled'],
    succeeded: [],
    failed: [],
    cancelled: [],
  },
  step: {
    // Straight to succeeded when it is carried over from an earlier attempt.
    pending: ['uploading', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'],
    uploading: ['running', 'failed', 'cancelled'],
    running: ['succeeded', 'failed', 'cancelled'],
    succeeded: [],
    failed: [],
    cancelled: [],
    skipped: [],
  },
} as const satisfies {
  readonly job: Readonly<Record<JobState, readonly JobState[]>>
  readonly run: Readonly<Record<RunState, readonly RunState[]>>
  readonly step: Readonly<Record<StepState, readonly StepState[]>>
}

export type Machine = keyof typeof TRANSITIONS
export interface StateOf {
  readonly job: JobState
  readonly run: RunState
  readonly step: StepState
}

/** Whether a machine may go from one state to another. */
export function canTransition<M extends Machine>(machine: M, from: StateOf[M], to: StateOf[M]): boolean {
  return nextStates(machine, from).includes(to)
}

/** The state reached, or an `internal_error` that names both: an illegal step is a bug of ours. */
export function transition<M extends Machine>(machine: M, from: StateOf[M], to: StateOf[M]): StateOf[M] {
  if (canTransition(machine, from, to)) return to
  throw new RchError('internal_error', `A ${machine} cannot go from ${from} to ${to}.`, {data: {machine, from, to}})
}

/** Whether nothing can follow. */
export function isFinal<M extends Machine>(machine: M, state: StateOf[M]): boolean {
  return nextStates(machine, state).length === 0
}

function nextStates<M extends Machine>(machine: M, from: StateOf[M]): readonly string[] {
  const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[machine]
  return table[from] ?? []
}

/** Narrows stored text to a state. */
export function isState<M extends Machine>(machine: M, state: string): state is StateOf[M] {
  return Object.hasOwn(TRANSITIONS[machine], state)
}
