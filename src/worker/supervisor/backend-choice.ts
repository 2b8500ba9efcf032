import {isRchError, RchError, type Backend, type ToolchainInfo} from '@rch/contract'
import {loadBackend, registeredBackends} from '../providers.ts'
import type {JobSession} from './session.ts'

export interface ChosenBackend {
  readonly driver: Backend
  readonly version: string | null
}

/**
 * The backends that may run a job, best first: the preferred one, then, where falling back is allowed, the worker's others. Each is
 * loaded and looked at only when those before it cannot run the job.
 */
export class BackendChoice {
  readonly preferred: string
  readonly #session: JobSession
  readonly #toolchain: ToolchainInfo
  readonly #env: Readonly<Record<string, string>>
  readonly #waiting: string[]
  readonly #reasons: string[] = []
  #refusal: RchError | null = null
  #chosen: ChosenBackend | null = null

  constructor(session: JobSession, toolchain: ToolchainInfo, env: Readonly<Record<string, string>>) {
    const {preferred, allow_fallback} = session.request.job.effective_config.inputs.backend
    const others = registeredBackends()
      .map((backend) => backend.id)
      .filter((id) => id !== preferred)
    this.#session = session
    this.#toolchain = toolchain
    this.#env = env
    this.#waiting = allow_fallback ? [preferred, ...others] : [preferred]
    this.preferred = preferred
  }

  /** The backend that is next in turn. Throws `backend_unavailable` when none is left, or the only one's own code. */
  async next(): Promise<ChosenBackend> {
    this.#chosen = null
    for (let id = this.#waiting.shift(); id !== undefined; id = this.#waiting.shift()) {
      try {
        const driver = await loadBackend(id, this.#session.context.config)
        const {available, version, reasons} = await driver.detect(this.#toolchain, this.#env)
        if (available) {
          this.#chosen = {driver, version}
          return this.#chosen
        }
        this.#reasons.push(...reasons)
      } catch (error) {
        if (!isRchError(error) || error.code === 'provider_changed') throw error
        if (error.code !== 'provider_not_found') this.#refusal ??= error
        this.#reasons.push(error.message)
      }
    }
    const {preferred} = this
    const only = !this.#session.request.job.effective_config.inputs.backend.allow_fallback
    if (only && this.#refusal !== null) throw this.#refusal
    throw new RchError('backend_unavailable', undefined, {data: {backend: preferred, reasons: this.#reasons}})
  }

  /**
   * What `plan` makes of the backend in turn; one that cannot express the job gives way to the next. When it is not the preferred one
   * the job's events say why.
   */
  async planned<T>(plan: (driver: Backend) => T): Promise<ChosenBackend & {readonly plan: T}> {
    for (;;) {
      const chosen = this.#chosen ?? (await this.next())
      try {
        const made = plan(chosen.driver)
        if (chosen.driver.id !== this.preferred) this.#say(chosen.driver.id)
        return {...chosen, plan: made}
      } catch (error) {
        if (!isRchError(error) || error.code !== 'backend_unavailable') throw error
        const {reasons} = error.data
        this.#reasons.push(...(Array.isArray(reasons) ? reasons.map(String) : [error.message]))
        await this.next()
      }
    }
  }

  #say(actual: string): void {
    const {preferred} = this
    this.#session.events.write({
      type: 'warning',
      code: 'backend_unavailable',
      message: `${preferred} cannot run this job here; ${actual} runs it.`,
      data: {preferred, actual, reasons: [...this.#reasons]},
    })
  }
}
