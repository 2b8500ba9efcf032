import type {OnProgress, RunProgress} from '../../app/run/progress.ts'
import {clock, linePresenter, size, uploaded, type LineOptions} from './lines.ts'
import {signOfLife} from './sign-of-life.ts'

export interface PlainOptions extends LineOptions {
  /** The log is printed: once it flows, it is the sign of life. */
  readonly logShown?: boolean
}

export interface PlainPresenter {
  readonly onProgress: OnProgress
  readonly stop: () => void
}

/** A run as plain lines, and a line about what is going on where none came for two seconds. */
export function plainPresenter(write: (line: string) => void, options: PlainOptions): PlainPresenter {
  const silent = options.quiet || options.troubleOnly === true
  let doing: Doing = {select: null, now: null}
  const life = silent
    ? null
    : signOfLife((seconds) => {
        const label = doing.now ?? doing.select
        if (label !== null) write(`${clock()} ${label}, ${seconds} s`)
      })
  const present = linePresenter((line) => {
    life?.heard()
    write(line)
  }, options)
  return {
    onProgress: (progress) => {
      if (progress.type === 'log' && options.logShown === true) life?.stop()
      doing = after(doing, progress)
      present(progress)
    },
    stop: () => life?.stop(),
  }
}

/** Workers are chosen while the source is read. */
interface Doing {
  readonly select: string | null
  readonly now: string | null
}

function after(doing: Doing, progress: RunProgress): Doing {
  const now = (label: string): Doing => ({...doing, now: label})
  switch (progress.type) {
    case 'selecting':
      return {...doing, select: `select    still asking ${progress.workers.join(', ') || 'nobody'}`}
    case 'selected':
      return {...doing, select: `select    still waiting for a place on ${progress.worker}`}
    case 'queued':
      return {...doing, select: `queue     still waiting for a place on ${progress.worker}`}
    case 'snapshot_started':
      return now('snapshot  still reading the source')
    case 'snapshot_taken':
      return {...doing, now: null}
    case 'run_started':
      return {select: null, now: `stage     still comparing the source with what ${progress.worker} has`}
    case 'staging':
      return now(`stage     still sending: ${uploaded(progress.progress)}`)
    case 'step_started':
      return now(`${progress.action.padEnd(9)} still running`)
    case 'event':
      return {...doing, now: eventLabel(progress.event) ?? doing.now}
    case 'reconnecting':
      return now('reconnect still trying')
    case 'cancelling':
      return now('cancel    still waiting for the seal')
    case 'fetching':
      return now(`fetch     ${size(progress.bytes)} of ${size(progress.total)}`)
    case 'staged':
    case 'log':
    case 'verified':
    case 'step_finished':
      return doing
  }
}

function eventLabel(event: Extract<RunProgress, {readonly type: 'event'}>['event']): string | null {
  switch (event.type) {
    case 'target_started':
      return `build     still running: target ${event.target}`
    case 'test_case_started':
      return `test      still running: ${event.test.id}`
    case 'progress':
      return `${event.phase.padEnd(9)} ${event.done}${event.total === null ? '' : ` of ${event.total}`}`
    default:
      return null
  }
}
