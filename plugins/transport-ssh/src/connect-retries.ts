import {setTimeout as sleep} from 'node:timers/promises'
import {unanswered} from '@rch/contract/channel'

/** A connection that could not be made, and whether another try may help. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  readonly again: boolean
  readonly hint: string | undefined

  constructor(problem: string, again: boolean, cause?: unknown, hint?: string) {
    super(problem, {cause})
    this.again = again
    this.hint = hint
  }
}

/** sshd drops connections without a word when it has too many, or when this address failed before. */
export const TURNED_AWAY_HINT =
  'If this goes on, sshd may be turning this address away (MaxStartups, PerSourcePenalties): wait a minute, then run `rch xcode doctor`.'

const TRIES = 3

export interface RetryInput {
  readonly worker: string
  readonly timeoutMs: number
  readonly notice: (message: string) => void
  readonly signal: AbortSignal | undefined
  /** How long the tries wait for each other, without jitter. */
  readonly pauseMs?: number
}

/**
 * Tries up to three times, with jittered pauses, inside one deadline. `attempt` gets what is left of it in milliseconds and an
 * AbortSignal that ends it; an RchError of its (host key, authentication) ends the tries at once.
 * @throws RchError `worker_unreachable` with the last problem.
 */
export async function connectWithRetries<T>(input: RetryInput, attempt: (leftMs: number, signal: AbortSignal) => Promise<T>): Promise<T> {
  const {worker, timeoutMs, signal} = input
  const deadline = performance.now() + timeoutMs
  const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])])
  const facts = {worker, verb: 'connect', sent: false}
  for (let tried = 1; ; tried++) {
    if (signal?.aborted === true) throw unanswered('the call was given up', {...facts, cause: signal.reason})
    try {
      return await attempt(Math.max(1, Math.round(deadline - performance.now())), limit)
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error
      const pause = (input.pauseMs ?? 250) * tried * (0.5 + Math.random())
      if (!error.again || tried === TRIES || limit.aborted || performance.now() + pause >= deadline) {
        const hint = error.hint === undefined ? {} : {hint: error.hint}
        throw unanswered(error.message, {...facts, cause: error.cause, ...hint})
      }
      input.notice(`${worker}: ${error.message}; trying again`)
      await sleep(pause, undefined, {signal: limit}).catch(() => {})
    }
  }
}
