import {join} from 'node:path'
import {documentHead, writeDocument, type Document, type DocumentName, type JobRequest} from '@rch/contract/documents'
import {DOCUMENT_TABLE} from '@rch/contract/documents/table'
import {transition} from '@rch/contract/states'
import type {WorkerContext} from '../context.ts'
import {writeFileAtomic} from '../../infra/files.ts'
import type {JobLayout} from '../layout.ts'
import {recordState} from '../state/jobs.ts'
import type {EventLog} from './event-log.ts'
import type {ProcessFamily} from './sweep.ts'
import type {StopSwitch} from './stop.ts'
import {PhaseMeter} from './phase-meter.ts'

export type JobStateName = 'staged' | 'running' | 'collecting' | 'succeeded' | 'failed' | 'cancelled' | 'timed_out'

/** A document without the header that the session adds. */
export type DocumentBody<N extends DocumentName> = Omit<
  Document<N>,
  'schema_id' | 'schema_version' | 'kind' | 'lane_version' | 'created_at' | 'run_id' | 'attempt' | 'job_id' | 'job_key'
>

/** One job while its supervisor works on it: where things are, what it is told to do, and the two ways to say something. */
export interface JobSession {
  readonly context: WorkerContext
  readonly layout: JobLayout
  readonly request: JobRequest
  /** Forwarded environment values; they live here and in the backend's environment, nowhere else. */
  readonly env: Readonly<Record<string, string>>
  readonly events: EventLog
  readonly stop: StopSwitch
  readonly family: ProcessFamily
  readonly meter: PhaseMeter
  /** Writes a document of the sealed set; ids and versions are added. */
  put<N extends DocumentName>(name: N, body: DocumentBody<N>, file?: string): void
  /** A document as it would be written, with its ids and versions. */
  compose<N extends DocumentName>(name: N, body: DocumentBody<N>): Document<N>
  /** Moves the job's state, durably for whoever asks. */
  become(state: JobStateName, reason?: string): void
  readonly state: JobStateName
  readonly seq: number
  /** When the supervisor took the job. */
  readonly startedAt: string
}

/** Puts a document together for one job: head, ids, body. The writer checks the whole against the closed schema. */
export function composer(request: JobRequest): JobSession['compose'] {
  const ids = {run_id: request.run_id, attempt: request.attempt, job_id: request.job_id, job_key: request.job_key}
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the writer checks it
  return <N extends DocumentName>(name: N, body: DocumentBody<N>): Document<N> => ({...documentHead(name), ...ids, ...body}) as Document<N>
}

export function createSession(
  parts: Omit<JobSession, 'put' | 'compose' | 'become' | 'state' | 'seq' | 'startedAt' | 'meter'> & {
    readonly state: JobStateName
    readonly seq: number
  },
): JobSession {
  const {request, layout, context} = parts
  const startedAt = new Date().toISOString()
  let {state, seq} = parts

  const compose = composer(request)
  const put = <N extends DocumentName>(name: N, body: DocumentBody<N>, file: string = DOCUMENT_TABLE[name].file): void =>
    writeFileAtomic(join(layout.artifacts, file), writeDocument(name, compose(name, body)))

  return {
    ...parts,
    meter: new PhaseMeter(parts.events),
    put,
    compose,
    startedAt,
    get state() {
      return state
    },
    get seq() {
      return seq
    },
    become: (next, reason) => {
      const previous = state
      transition('job', previous, next)
      state = next
      seq += 1
      recordState(context.db, request.job_id, next, seq)
      put('job_state', {
        state: next,
        seq,
        previous,
        updated_at: new Date().toISOString(),
        started_at: startedAt,
        ...(reason === undefined ? {} : {reason}),
      })
    },
  }
}
