import {parentPort} from 'node:worker_threads'

/** What a thread answers to an order. */
export type Answered<Reply> = {readonly reply: Reply} | Failed

/** A thread cannot hand over an error as it is: what it says, and the plain facts that it carries (the system's `code`, …). */
export interface Failed {
  readonly failed: {readonly message: string; readonly facts: Readonly<Record<string, unknown>>}
}

/** In a thread: does what each message of its `OrderThread` says, and answers it. Elsewhere it does nothing. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a thread is given has the type that it says
export function obeyOrders<Order>(obey: (order: Order) => unknown): void {
  const port = parentPort
  port?.on('message', (order: Order) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    port.postMessage(answered(() => obey(order)))
  })
}

function answered(work: () => unknown): Answered<unknown> {
  try {
    return {reply: work()}
  } catch (error) {
    if (!(error instanceof Error)) return {failed: {message: String(error), facts: {}}}
    const facts = Object.entries(error).filter(([, value]) => ['string', 'number'].includes(typeof value))
    return {failed: {message: error.message, facts: Object.fromEntries(facts)}}
  }
}
