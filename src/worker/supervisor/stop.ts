import {existsSync, readFileSync} from 'node:fs'
import type {ErrorCode} from '@rch/contract'

/** Why a job is being ended from outside. */
export interface StopReason {
  readonly code: Extract<ErrorCode, 'cancelled' | 'abandoned' | 'timeout' | 'idle_timeout' | 'lease_expired'>
  readonly data: Readonly<Record<string, unknown>>
}

/** Says once, and for good, that the job must end and why. The first reason stays. */
export class StopSwitch {
  readonly #controller = new AbortController()
  #reason: StopReason | null = null

  get reason(): StopReason | null {
    return this.#reason
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  stop(reason: StopReason): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#controller.abort()
  }
}

/** The cancel verb leaves a file with its reason. */
export function cancelRequested(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(0, 200) : null
}
