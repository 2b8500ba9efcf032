import type {StageProgress} from './staged-source.ts'

/** Turns acknowledgements into a rate and a time left. */
export class ProgressMeter {
  readonly #report: (progress: StageProgress) => void
  readonly #filesTotal: number
  readonly #bytesTotal: number
  #done = 0
  #rate = 0
  #at = performance.now()

  constructor(report: (progress: StageProgress) => void, bytesTotal: number, filesTotal: number) {
    this.#report = report
    this.#bytesTotal = bytesTotal
    this.#filesTotal = filesTotal
    this.#emit()
  }

  acknowledged(bytes: number): void {
    if (bytes <= this.#done) return
    const now = performance.now()
    const seconds = Math.max((now - this.#at) / 1000, 1e-3)
    const current = (bytes - this.#done) / seconds
    // Half of the weight on what is older than a second or so.
    const weight = 1 - 0.5 ** seconds
    this.#rate = this.#rate === 0 ? current : this.#rate + (current - this.#rate) * weight
    this.#done = bytes
    this.#at = now
    this.#emit()
  }

  #emit(): void {
    const left = this.#bytesTotal - this.#done
    this.#report({
      phase: 'blobs',
      bytesDone: this.#done,
      bytesTotal: this.#bytesTotal,
      filesTotal: this.#filesTotal,
      bytesPerSecond: Math.round(this.#rate),
      secondsLeft: left === 0 ? 0 : this.#rate === 0 ? null : left / this.#rate,
    })
  }
}
