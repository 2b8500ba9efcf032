import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {isRchError, type Connection, type RchError, type VerbCall, type VerbResponse} from '@rch/contract'
import type {FakeAct} from './fake-harness.ts'
import type {TransportCheck} from './transport-check.ts'

/** What the checks are written with; nothing in them waits longer than `noticeMs`. */
export function checkTools(noticeMs: number): {
  readonly check: (name: string, run: (connection: Connection) => Promise<void>) => TransportCheck
  readonly ask: (connection: Connection, act: FakeAct, differs?: Partial<VerbCall>, signal?: AbortSignal) => Promise<VerbResponse>
  readonly within: <T>(promise: Promise<T>, what: string) => Promise<T>
  readonly until: (condition: () => boolean) => Promise<void>
} {
  async function within<T>(promise: Promise<T>, what: string): Promise<T> {
    const {promise: late, reject} = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new assert.AssertionError({message: `${what}; it did not within ${noticeMs} ms`})), noticeMs)
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    within,
    check: (name, run) => ({
      name,
      run: async (open) => {
        const connection = await open()
        try {
          await run(connection)
        } finally {
          await within(connection.close(), 'close must come to an end')
        }
      },
    }),
    ask: (connection, act, differs = {}, signal) =>
      within(connection.call({verb: 'status', payload: {act}, protocolVersion: 1, ...differs}, signal), `${act.do} must end`),
    until: async (condition) => {
      for (const deadline = Date.now() + noticeMs; !condition();) {
        assert.ok(Date.now() < deadline, 'the worker was never asked')
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

/** The error that a call ends with; the check may look at it later. */
export function failure(call: Promise<unknown>): Promise<RchError> {
  const error = errorOf(call)
  error.catch(() => {})
  return error
}

async function errorOf(call: Promise<unknown>): Promise<RchError> {
  const outcome = await call.then(
    (value) => ({value}),
    (error: unknown) => ({error}),
  )
  assert.ok('error' in outcome, `an error was due, but it answered ${JSON.stringify(outcome)?.slice(0, 200)}`)
  assert.ok(isRchError(outcome.error), `the error must be an RchError, not ${String(outcome.error)}`)
  return outcome.error
}

/** Makes the scripted harness write this text instead of an answer. */
export function raw(text: string): FakeAct {
  return {do: 'raw', base64: Buffer.from(text).toString('base64')}
}

export async function inTempDir(act: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rch-transport-'))
  try {
    await act(dir)
  } finally {
    rmSync(dir, {recursive: true, force: true})
  }
}
