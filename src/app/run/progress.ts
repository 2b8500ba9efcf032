import type {JobEvent} from '@rch/contract/documents'
import type {StageProgress} from '../../staging/staged-source.ts'

/** What a run says while it works; presenters make lines or a live list of it. */
export type RunProgress =
  | {readonly type: 'selecting'; readonly workers: readonly string[]}
  | {readonly type: 'selected'; readonly worker: string; readonly reasons: readonly string[]}
  | {readonly type: 'snapshot_started'}
  | {readonly type: 'snapshot_taken'; readonly files: number; readonly bytes: number; readonly hashed: number; readonly seconds: number}
  | {readonly type: 'run_started'; readonly run_id: string; readonly attempt: number; readonly worker: string; readonly mock: boolean}
  | {readonly type: 'queued'; readonly worker: string; readonly position: number; readonly waited_seconds: number}
  | {readonly type: 'staging'; readonly progress: StageProgress}
  | {readonly type: 'staged'; readonly files_sent: number; readonly bytes_sent: number; readonly seconds: number}
  | {readonly type: 'step_started'; readonly index: number; readonly steps: number; readonly action: string; readonly job_id: string}
  | {readonly type: 'event'; readonly index: number; readonly event: JobEvent}
  | {readonly type: 'log'; readonly index: number; readonly bytes: Uint8Array; readonly hold: (taken: Promise<void>) => void}
  | {readonly type: 'reconnecting'; readonly reason: string; readonly attempt: number}
  | {readonly type: 'cancelling'}
  | {readonly type: 'fetching'; readonly job_id: string; readonly bytes: number; readonly total: number}
  | {readonly type: 'verified'; readonly job_id: string; readonly signature: string}
  | {
      readonly type: 'step_finished'
      readonly index: number
      readonly action: string
      readonly status: string
      readonly human_summary: string
      readonly error_code: string | null
    }

export type OnProgress = (progress: RunProgress) => void

/** Hands on a step's log, and waits where whoever prints it asks for time. */
export function logProgress(onProgress: OnProgress, index: number): (bytes: Uint8Array) => void | Promise<void> {
  return (bytes) => {
    const asked: {taken?: Promise<void>} = {}
    onProgress({type: 'log', index, bytes, hold: (taken) => (asked.taken = taken)})
    return asked.taken
  }
}
