import type {JobRequest} from '@rch/contract/documents'
import {forwardedValues, type Lane} from '../lane.ts'
import {completeStep} from './complete-step.ts'
import type {StepFacts, StepResult} from './step-context.ts'
import {skippedStep} from './step-results.ts'

/** One planned step, as far as it got. */
export interface BegunStep {
  readonly jobRequest: JobRequest
  /** The worker has the job: it is followed, never asked for again. */
  readonly known: boolean
}

export interface RunStepsOptions {
  readonly continueOnFailure: boolean
  /** Names of the variables whose values go with a job. They are never written down: this shell must hold them. */
  readonly forwards: (jobRequest: JobRequest) => readonly string[]
  /** Brings the source to the worker once more; answers the id of that upload. */
  readonly stageAgain: (jobRequest: JobRequest) => Promise<string>
}

/**
 * The steps of a run, one after the other, each result as it is known: a step is brought to its end, or skipped after one that was
 * cancelled or, unless the run goes on nevertheless, red. A run that is left alone ends here with its first step.
 */
export async function* runSteps(
  lane: Lane,
  facts: StepFacts,
  steps: readonly BegunStep[],
  {continueOnFailure, forwards, stageAgain}: RunStepsOptions,
): AsyncGenerator<StepResult> {
  const {notebook} = facts
  let over = false
  for (const [index, {jobRequest, known}] of steps.entries()) {
    if (over) {
      yield skippedStep(notebook, index, jobRequest.job.action, notebook.runId)
      continue
    }
    const step = {...facts, jobRequest, index, forwarded: forwardedValues(forwards(jobRequest), lane)}
    const result = await completeStep(lane, step, {known, stageAgain: () => stageAgain(jobRequest)})
    const {status} = result.summary
    over = status === 'cancelled' || (status !== 'success' && !continueOnFailure)
    yield result
    if (facts.request.detach) return
  }
}
