import {setImmediate} from 'node:timers/promises'

/** Gives the event loop its turn when this stretch of synchronous work has lasted long enough. */
export class Breather {
  readonly #sliceMs: number
  #since = performance.now()

  constructor(sliceMs = 15) {
    this.#sliceMs = sliceMs
  }

  /** `null` when there is nothing to wait for, which saves a promise per file. */
  pause(): Promise<void> | null {
    if (performance.now() - this.#since < this.#sliceMs) return null
    return this.#breathe()
  }

  async #breathe(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
  }
}
