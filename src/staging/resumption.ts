import {setTimeout} from 'node:timers/promises'
import {RchError, isRchError, toRchError} from '@rch/contract'

const MAX_RESUMES = 5

/** Counts how often one staging was resumed and says when that was too often. */
export class Resumption {
  readonly #delayMs: number
  readonly #signal: AbortSignal | undefined
  #count = 0

  /** @param delayMs before the first resumption; doubled before each further one. */
  constructor(delayMs: number, signal: AbortSignal | undefined) {
    this.#delayMs = delayMs
    this.#signal = signal
  }

  get count(): number {
    return this.#count
  }

  /** Waits a little when going on may help; throws the failure when it does not, and `transfer_failed` after five times. */
  async after(failure: unknown): Promise<void> {
    const error = toRchError(failure)
    if (this.#signal?.aborted === true || !isResumable(error)) throw error
    this.#count++
    if (this.#count > MAX_RESUMES) {
      throw new RchError('transfer_failed', undefined, {data: {tries: this.#count, problem: error.message}, cause: error})
    }
    // Told where to go on, there is nothing to wait for.
    if (error.data['next_offset'] !== undefined) return
    const pause = this.#delayMs * 2 ** (this.#count - 1) * (0.5 + Math.random())
    await setTimeout(pause, undefined, this.#signal === undefined ? {} : {signal: this.#signal})
  }
}

/** Whether asking and going on may help: the line broke, or chunks overtook each other. */
export function isResumable(error: unknown): boolean {
  if (!isRchError(error)) return false
  if (error.data['next_offset'] !== undefined) return true
  return error.code === 'worker_unreachable' || error.code === 'transfer_failed' || error.code === 'unexpected_output'
}
