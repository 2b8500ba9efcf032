import type {Phase} from '@rch/contract/events'
import type {EventLog} from './event-log.ts'

export interface PhaseTime {
  readonly phase: string
  readonly wall_seconds: number
  readonly cpu_seconds: number
}

/** Times the supervisor's phases. The backend's own processor time is measured where the system tells it. */
export class PhaseMeter {
  readonly #events: EventLog
  readonly #times: PhaseTime[] = []

  constructor(events: EventLog) {
    this.#events = events
  }

  get times(): readonly PhaseTime[] {
    return this.#times
  }

  /** Runs one phase between its two events; a phase that throws is told as failed. */
  async run<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    this.#events.write({type: 'phase_started', phase})
    const [started, cpu] = [performance.now(), process.cpuUsage()]
    let outcome: 'failed' | 'succeeded' = 'failed'
    try {
      const result = await work()
      outcome = 'succeeded'
      return result
    } finally {
      const used = process.cpuUsage(cpu)
      const wall_seconds = round((performance.now() - started) / 1000)
      this.#times.push({phase, wall_seconds, cpu_seconds: round((used.user + used.system) / 1e6)})
      this.#events.write({
        type: 'phase_completed',
        phase,
        outcome,
        seconds: wall_seconds,
        verdict: null,
        failing_tests: null,
        failed_commands: [],
      })
    }
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
