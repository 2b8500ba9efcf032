import type {BuildFindings} from '../findings.ts'
import type {HtmlPhase} from './client/model.ts'

/** What the timeline needs of one event of a job's stream. */
export interface PhaseEvent {
  readonly type: 'phase_started' | 'phase_completed'
  readonly phase: string
  /** Of the worker's own clock. */
  readonly monotonic_ms: number
  readonly outcome: HtmlPhase['outcome'] | null
}

/** The phases of one job, `offset` seconds after the page's first. A phase that never ended is `unknown` and without a length. */
export function phasesOfEvents(events: readonly PhaseEvent[], step: string | null, offset: number): HtmlPhase[] {
  const zero = events[0]?.monotonic_ms ?? 0
  const phases: {-readonly [K in keyof HtmlPhase]: HtmlPhase[K]}[] = []
  for (const event of events) {
    const at = offset + Math.max(0, event.monotonic_ms - zero) / 1000
    if (event.type === 'phase_started') phases.push({name: event.phase, step, outcome: 'unknown', start: at, seconds: null})
    else {
      const open = phases.findLast(({name, seconds}) => name === event.phase && seconds === null)
      if (open === undefined) continue
      open.outcome = event.outcome ?? 'unknown'
      open.seconds = Math.max(0, at - (open.start ?? at))
    }
  }
  return phases
}

/** The phases as a log tells them: in order, with the times that it prints. */
export function phasesOfFindings(phases: BuildFindings['phases'], step: string | null): HtmlPhase[] {
  return phases.map(({phase, outcome, seconds}) => ({name: phase, step, outcome, start: null, seconds}))
}
