import {setTimeout as delay} from 'node:timers/promises'
import {isAlive, processIdentity, type ProcessIdentity} from '../../infra/process-identity.ts'
import {listProcesses, processEnvironment, type ProcessRow} from '../platform/process-list.ts'

/** The environment variable that every process of a job inherits. */
export const JOB_MARKER = 'RCH_JOB_ID'

export interface SweepResult {
  /** Processes that a signal of ours ended. */
  readonly reaped: number
  /** Processes that survived everything. */
  readonly remaining: number
  /** `exact` where a process's environment can be read; elsewhere only what was sampled while the job ran is found. */
  readonly coverage: 'exact' | 'best_effort'
}

/**
 * Remembers a job's processes while it runs, and ends them all. Where the system hides the environment of other processes
 * (macOS, for its own binaries), a process that left the family between two samples can be missed: the result says so.
 */
export class ProcessFamily {
  readonly #jobId: string
  readonly #known = new Map<number, ProcessIdentity>()
  readonly #waiting = new Set<number>()

  constructor(jobId: string) {
    this.#jobId = jobId
  }

  /** @param waits the process only waits for those it starts: they are interrupted first, and it ends with them */
  add(pid: number, waits = false): ProcessIdentity | null {
    const identity = processIdentity(pid)
    if (identity !== null) this.#known.set(pid, identity)
    if (waits) this.#waiting.add(pid)
    return identity
  }

  adopt(identity: ProcessIdentity): void {
    this.#known.set(identity.pid, identity)
  }

  /** Looks for members by descent, group, session and marker, and remembers them. Answers those that live. */
  sample(): readonly ProcessRow[] {
    const rows = listProcesses().filter((row) => !row.zombie && row.pid !== process.pid)
    for (const [pid, identity] of this.#known) if (!isAlive(identity)) this.#known.delete(pid)
    const roots = new Set(this.#known.keys())
    const members = new Set<number>()
    for (let grew = true; grew;) {
      grew = false
      for (const row of rows) {
        if (members.has(row.pid)) continue
        const belongs =
          roots.has(row.pid) ||
          members.has(row.ppid) ||
          roots.has(row.pgid) ||
          (row.session !== 0 && roots.has(row.session)) ||
          members.has(row.pgid)
        if (!belongs) continue
        members.add(row.pid)
        grew = true
      }
    }
    for (const row of rows) if (!members.has(row.pid) && this.#isMarked(row.pid)) members.add(row.pid)
    for (const pid of members) if (!this.#known.has(pid)) this.add(pid)
    return rows.filter((row) => members.has(row.pid))
  }

  /**
   * Sends a signal to every living member, one by one: a group's number alone may mean somebody else's group by now.
   */
  signal(name: NodeJS.Signals): number {
    const living = this.sample()
    const busy = living.filter(({pid}) => !this.#waiting.has(pid))
    for (const row of name === 'SIGINT' && busy.length > 0 ? busy : living) {
      const identity = this.#known.get(row.pid)
      if (identity === undefined || !isAlive(identity)) continue
      try {
        process.kill(row.pid, name)
      } catch {
        // It ended by itself.
      }
    }
    return living.length
  }

  /** Ends the whole family: the signals in turn, each with its patience, until nothing is left. */
  async end(signals: readonly {readonly signal: NodeJS.Signals; readonly patienceMs: number}[]): Promise<SweepResult> {
    let reaped = 0
    for (const {signal, patienceMs} of signals) {
      const until = Date.now() + patienceMs
      reaped = Math.max(reaped, this.signal(signal))
      while (this.sample().length > 0 && Date.now() < until) {
        await delay(50)
        // New children of a dying tree get the last word of the same signal.
        if (signal === 'SIGKILL') this.signal(signal)
      }
      if (this.sample().length === 0) break
    }
    return {reaped, remaining: this.sample().length, coverage: process.platform === 'darwin' ? 'best_effort' : 'exact'}
  }

  #isMarked(pid: number): boolean {
    if (process.platform === 'darwin') return false
    return processEnvironment(pid)?.includes(`${JOB_MARKER}=${this.#jobId}`) === true
  }
}

/** How a running job is stopped: asked, told, ended. */
export const STOP_SIGNALS = [
  {signal: 'SIGINT', patienceMs: 5_000},
  {signal: 'SIGTERM', patienceMs: 5_000},
  {signal: 'SIGKILL', patienceMs: 10_000},
] as const

/** What is left after the backend ended by itself has had its chance. */
export const LEFTOVER_SIGNALS = [
  {signal: 'SIGTERM', patienceMs: 1_000},
  {signal: 'SIGKILL', patienceMs: 10_000},
] as const
