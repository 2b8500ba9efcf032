import {setTimeout as delay} from 'node:timers/promises'
import {isRchError, RchError, type Connection, type VerbResponse} from '@rch/contract'
import {isLineTrouble} from '../../../domain/line-trouble.ts'

export interface RenewedCallsOptions {
  readonly jobId: string
  readonly protocolVersion: number
  readonly reconnect: (signal?: AbortSignal) => Promise<Connection>
  readonly signal?: AbortSignal | undefined
}

const TRIES = 5

/** Calls of `fetch` over a connection that is replaced when it breaks; nothing that arrived is asked for again. */
export class RenewedCalls {
  connection: Connection
  readonly #options: RenewedCallsOptions
  #renewing: Promise<void> | null = null

  constructor(connection: Connection, options: RenewedCallsOptions) {
    this.connection = connection
    this.#options = options
  }

  /** @param transferBytes how much comes in all; the caller checks contents that are announced so. */
  async call(payload: Readonly<Record<string, unknown>>, body?: Uint8Array, transferBytes = 0): Promise<VerbResponse> {
    const {protocolVersion, signal} = this.#options
    for (let tries = 1; ; tries++) {
      const {connection} = this
      try {
        return await connection.call(
          {
            verb: 'fetch',
            payload: {job_id: this.#options.jobId, ...payload},
            protocolVersion,
            transferBytes,
            checksContents: transferBytes > 0,
            ...(body === undefined ? {} : {body}),
          },
          signal,
        )
      } catch (error) {
        if (!isRchError(error) || !isLineTrouble(error)) throw error
        if (tries > TRIES)
          throw new RchError('transfer_failed', undefined, {
            data: {tries},
            cause: error,
            hint: `Run \`rch xcode fetch ${this.#options.jobId}\`.`,
          })
        // Calls that failed together share one new connection.
        if (this.connection === connection) await (this.#renewing ??= this.#renew(tries).finally(() => (this.#renewing = null)))
      }
    }
  }

  async #renew(tries: number): Promise<void> {
    const {reconnect, signal} = this.#options
    await delay(Math.min(5000, 200 * 2 ** tries))
    try {
      const fresh = await reconnect(signal)
      await this.connection.close()
      this.connection = fresh
    } catch (again) {
      if (!isRchError(again) || !isLineTrouble(again)) throw again
    }
  }
}
