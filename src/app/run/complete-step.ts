import {isRchError, type RchError} from '@rch/contract'
import type {JobRequest} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {notebookDocument} from '../find-record.ts'
import type {Lane} from '../lane.ts'
import {holdAgain} from './hold-again.ts'
import {isOpenEnded} from './open-ended.ts'
import {announceStep, finishStep, keepRequest, runStep} from './run-step.ts'
import type {StepContext, StepResult} from './step-context.ts'

export interface CompleteStepOptions {
  /** The worker has the job already: it is followed first, and not asked for. */
  readonly known: boolean
  /** Brings the source to the worker once more, under the lease as it is by then; answers the id of that upload. */
  readonly stageAgain: () => Promise<string>
}

/**
 * Brings a step to its end. A worker that finds a content damaged when it is used, or gone, has put it aside by then: the source
 * is staged again, of which only what is lacking travels, and the step is asked for once more, as a job of its own. The job that
 * found it stays as it ended.
 */
export async function completeStep(lane: Lane, context: StepContext, {known, stageAgain}: CompleteStepOptions): Promise<StepResult> {
  const {notebook, request, signal} = context
  const first = await attempt(lane, {...context, hushes: 'source_missing'}, known)
  if (first.missing === undefined || request.detach || signal?.aborted === true) return concluded(context, first)
  notebook.say({type: 'warning', code: first.missing.code, message: first.missing.message, data: {...first.missing.data}})
  lane.notice(`note: a part of the source is damaged or gone on ${context.candidate.worker.name}; it is staged again`)
  let uploadId: string
  try {
    await holdAgain(context)
    uploadId = await stageAgain()
  } catch (error) {
    if (!isRchError(error) || isOpenEnded(error)) throw error
    lane.notice(`note: it could not be staged again: ${error.message}`)
    return concluded(context, first)
  }
  const jobRequest = underNewId(context.jobRequest, uploadId)
  keepRequest(notebook, jobRequest)
  const plan = notebookDocument(notebook.directory, 'run_plan')
  if (plan !== null)
    notebook.put('run_plan', {
      ...plan,
      steps: plan.steps.map((step) => (step.index === context.index ? {...step, job_id: jobRequest.job_id} : step)),
    })
  return runStep(lane, {...context, jobRequest})
}

interface Tried {
  readonly result: StepResult | undefined
  /** What the worker lacks; thrown where the job was not even taken. */
  readonly missing: Missing | undefined
  readonly thrown: RchError | undefined
}

interface Missing {
  readonly code: string
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

async function attempt(lane: Lane, context: StepContext, known: boolean): Promise<Tried> {
  try {
    const result = known ? await finishStep(lane, context) : await runStep(lane, context)
    const error = result.summary.errors.find(({error_code}) => error_code === 'source_missing')
    const missing = error === undefined ? undefined : {code: error.error_code, message: error.message, data: error.data}
    return {result, missing, thrown: undefined}
  } catch (error) {
    if (!isRchError(error) || error.code !== 'source_missing') throw error
    return {result: undefined, missing: error, thrown: error}
  }
}

/** The first try is the last: what was held back of it is said now. */
function concluded(context: StepContext, {result, missing, thrown}: Tried): StepResult {
  if (result === undefined) throw thrown
  if (missing !== undefined) announceStep(context, result.summary)
  return result
}

/** The same step as another job, of a source that was staged anew. */
function underNewId(request: JobRequest, uploadId: string): JobRequest {
  const job_id = uuidv7()
  const {job, invocation, decision, stage} = request
  return {
    ...request,
    job_id,
    job: {...job, job_id},
    invocation: {...invocation, job_id},
    decision: {...decision, job_id},
    stage: {...stage, upload_id: uploadId},
  }
}
