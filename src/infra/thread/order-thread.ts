import {Worker} from 'node:worker_threads'
import type {Answered, Failed} from './obey-orders.ts'

/** A thread that is given orders and answers each, in turn. What goes wrong in it goes wrong for who gave the order. */
export class OrderThread<Order, Reply> {
  readonly #thread: Worker
  readonly #waiting: PromiseWithResolvers<Reply>[] = []
  #ended: {readonly why: unknown} | null = null

  /** @param module calls `obeyOrders` when it is loaded; `start` is its `workerData`. */
  constructor(module: URL, start: unknown = null) {
    this.#thread = new Worker(module, {workerData: start, resourceLimits: THREAD_LIMITS, trackUnmanagedFds: false})
    // It keeps the process alive only while somebody waits for an answer.
    this.#thread.unref()
    this.#thread.on('message', (answer: Answered<Reply>) => {
      const waiting = this.#waiting.shift()
      if (this.#waiting.length === 0) this.#thread.unref()
      if ('failed' in answer) waiting?.reject(errorOf(answer))
      else waiting?.resolve(answer.reply)
    })
    this.#thread.on('error', (error) => this.#giveUp(error))
    this.#thread.on('exit', () => this.#giveUp(new Error('the thread ended early')))
  }

  /** @param transfer memory that the thread takes over; other bytes are shared where they can be, and copied where not. */
  ask(order: Order, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended.why)
    const waiting = Promise.withResolvers<Reply>()
    this.#waiting.push(waiting)
    this.#thread.ref()
    this.#thread.postMessage(order, transfer)
    return waiting.promise
  }

  close(): void {
    void this.#thread.terminate()
  }

  #giveUp(why: unknown): void {
    this.#ended ??= {why}
    for (const {reject} of this.#waiting.splice(0)) reject(why)
  }
}

/** What it holds beside its buffers is next to nothing. */
const THREAD_LIMITS = {maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64} as const

function errorOf({failed}: Failed): Error {
  return Object.assign(new Error(failed.message), failed.facts)
}
