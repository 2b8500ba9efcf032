import {isRchError, type Connection, type VerbCall, type VerbResponse} from '@rch/contract'
import {fakeHarnessCommand, transportChecks} from '@rch/testkit'
import {createLocalTransport} from '@rch/transport-local'
import {expect, it} from 'vitest'
import {openOptions, workerEntry} from '../../../test/support/worker-entry.ts'

type Call = (good: Connection, call: VerbCall, signal: AbortSignal | undefined) => Promise<VerbResponse>

/** Mistakes that transports make, and the check that must find each. */
const BROKEN: readonly {
  readonly name: string
  readonly call: Call
  readonly close?: (good: Connection) => Promise<void>
  readonly found: string
  /** It is found by waiting in vain. */
  readonly waits?: true
}[] = [
  {
    name: 'takes the end of a channel for success',
    call: (good, call, signal) => good.call(call, signal).catch((error) => onCode(error, 'worker_unreachable', {payload: {}, body: null})),
    found: 'never takes an exit status for an answer',
  },
  {
    name: "turns the worker's errors into answers",
    call: (good, call, signal) =>
      good.call(call, signal).catch((error) => onCode(error, 'lease_expired', {payload: {ok: false}, body: null})),
    found: "passes on the worker's own errors",
  },
  {
    name: 'throws plain errors',
    call: (good, call, signal) => good.call(call, signal).catch((error: Error) => Promise.reject(new Error(error.message))),
    found: "passes on the worker's own errors",
  },
  {
    name: 'tries again by itself when there was no answer',
    call: (good, call, signal) =>
      good
        .call(call, signal)
        .catch((error) => (isRchError(error) && error.data['indeterminate'] === true ? good.call(call) : Promise.reject(error))),
    found: 'never asks twice by itself',
    waits: true,
  },
  {
    name: 'loses the last log bytes',
    call: (good, call, signal) => {
      const held: Uint8Array[] = []
      const onLog = (bytes: Uint8Array): void => {
        held.push(bytes)
        if (held.length > 1) void call.onLog?.(held.shift()!)
      }
      return good.call({...call, onLog}, signal)
    },
    found: 'hands over the log of a followed job byte for byte, all of it before the answer',
  },
  {
    name: 'does not wait for who reads the log',
    call: (good, call, signal) => good.call({...call, onLog: (bytes) => void call.onLog?.(bytes)}, signal),
    found: 'holds the log of a followed job back while its reader is busy',
  },
  {
    name: 'decodes the log as text',
    call: (good, call, signal) =>
      good.call({...call, onLog: (bytes) => call.onLog?.(Buffer.from(Buffer.from(bytes).toString('utf8')))}, signal),
    found: 'hands over the log of a followed job byte for byte, all of it before the answer',
  },
  {
    name: 'takes every stderr for the log',
    call: async (good, call, signal) => {
      await call.onLog?.(Buffer.from('a warning of the runtime'))
      return good.call(call, signal)
    },
    found: 'keeps what other verbs print on stderr away from the log',
  },
  {
    name: 'hands over events after the answer',
    call: async (good, call, signal) => {
      const events: (readonly [Readonly<Record<string, unknown>>, string])[] = []
      const response = await good.call({...call, onEvent: (event, line) => events.push([event, line])}, signal)
      setTimeout(() => events.forEach(([event, line]) => call.onEvent?.(event, line)), 0)
      return response
    },
    found: 'hands over events in order, before the answer',
  },
  {
    name: 'ignores that a call is given up',
    call: (good, call) => good.call(call),
    found: 'gives a call up when it is told to',
    waits: true,
  },
  {
    name: 'makes one call after the other',
    call: oneAtATime(),
    found: 'makes calls at the same time',
    waits: true,
  },
  {
    name: 'mixes up simultaneous answers',
    call: mixingUp(),
    found: 'keeps answers of simultaneous calls apart',
  },
  {
    name: 'loses bytes of large answers',
    call: async (good, call, signal) => {
      const response = await good.call(call, signal)
      return {...response, body: response.body?.subarray(0, 65_536) ?? null}
    },
    found: 'carries bytes from the worker, up to the largest chunk',
  },
  {
    name: 'sends whatever size',
    call: (good, call, signal) => good.call(call, signal).catch((error) => onCode(error, 'payload_too_large', {payload: {}, body: null})),
    found: 'refuses to send what is too large',
  },
  {
    name: 'skips what a shell printed',
    call: (good, call, signal) => good.call(call, signal).catch((error) => onCode(error, 'unexpected_output', {payload: {}, body: null})),
    found: 'refuses what a shell printed before the harness',
  },
  {
    name: 'closes only when all calls have ended',
    call: (good, call, signal) => good.call(call, signal),
    close: () => new Promise(() => {}),
    found: 'closes whatever is going on, once and again, and then makes no calls',
    waits: true,
  },
]

it.each(BROKEN)('a transport that $name fails "$found"', async ({call, close, found, waits}) => {
  // Some mistakes are found by waiting in vain; the others must not be mistaken for those on a busy machine.
  const check = transportChecks(waits === true ? 800 : 10_000).find(({name}) => name === found)
  const goods: Connection[] = []
  const open = async (): Promise<Connection> => {
    const good = await createLocalTransport({command: [...fakeHarnessCommand()]}).open(workerEntry(), openOptions())
    goods.push(good)
    return {
      peer: good.peer,
      roundTripMs: () => good.roundTripMs(),
      call: (one, signal) => call(good, one, signal),
      close: () => (close === undefined ? good.close() : close(good)),
    }
  }
  if (check === undefined) throw new Error(`there is no check "${found}"`)
  await expect(check.run(open)).rejects.toMatchObject({name: 'AssertionError'})
  await Promise.all(goods.map((good) => good.close()))
})

async function onCode(error: unknown, code: string, answer: VerbResponse): Promise<VerbResponse> {
  if (isRchError(error) && error.code === code) return answer
  throw error
}

function oneAtATime(): Call {
  let last: Promise<unknown> = Promise.resolve()
  return (good, call, signal) => {
    const mine = last.then(() => good.call(call, signal))
    last = mine.catch(() => {})
    return mine
  }
}

/** Each call gets the answer before its own. */
function mixingUp(): Call {
  let last: VerbResponse | null = null
  return async (good, call, signal) => {
    const response = await good.call(call, signal)
    const previous = last ?? response
    last = response
    return previous
  }
}
