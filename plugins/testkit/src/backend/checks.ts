import assert from 'node:assert/strict'
import {isAbsolute} from 'node:path'
import {
  isErrorCode,
  isRchError,
  type Backend,
  type BackendExit,
  type BackendJob,
  type BackendPaths,
  type Invocation,
  type ToolchainInfo,
} from '@rch/contract'
import {frozen} from '../frozen.ts'

/** What the tool behind the backend is made to do. */
export type BackendAct =
  /** Prints something and ends well. */
  | 'succeed'
  /** Prints something and ends as a failed build does. */
  | 'fail'
  /** Is killed by a signal before it can say anything. */
  | 'crash'
  /** Prints `FLOOD_BYTES` bytes or more, as fast as it can. */
  | 'flood'
  /** Prints its environment, one `NAME=value` per line. */
  | 'environment'
  /** Prints something, then does nothing until it is ended. */
  | 'hang'

export const FLOOD_BYTES = 2_000_000

/** What the author of a backend says about it. */
export interface BackendSubject {
  readonly backend: Backend
  /** A job, and a toolchain whose tool does what it is told. */
  behave(act: BackendAct): Promise<{readonly job: BackendJob; readonly paths: BackendPaths}>
  /** A job that the backend cannot express, where there is one. */
  readonly beyond?: BackendJob
  /** A toolchain that has nothing of what the backend needs. */
  readonly missing: ToolchainInfo
  /** A log with whatever the interpreter understands. */
  readonly log: string
}

/** One law that every backend keeps; `run` rejects when this one does not. */
export interface BackendCheck {
  readonly name: string
  readonly run: (subject: BackendSubject) => Promise<void>
}

/** The suite. `noticeMs` is longer than a backend may take to notice that its process has ended. */
export function backendChecks(noticeMs = 15_000): readonly BackendCheck[] {
  const within = limited(noticeMs)
  return [
    check('says whether it is there, and why not', async (subject) => {
      const {job} = await subject.behave('succeed')
      const there = await subject.backend.detect(job.toolchain, job.env)
      assert.ok(there.available, there.reasons.join('; '))
      assert.ok(there.version !== null && there.version !== '', 'with its version')
      const away = await subject.backend.detect(frozen(subject.missing), job.env)
      assert.equal(away.available, false)
      assert.ok(away.reasons.length > 0, 'it must say why')
    }),

    check('plans purely', async (subject) => {
      const {job, paths} = await subject.behave('succeed')
      const plan = subject.backend.plan(frozen(job), frozen(paths))
      assert.ok(plan.length > 0)
      assert.deepEqual(subject.backend.plan(job, paths), plan)
      for (const {argv, cwd} of plan) {
        assert.ok(isAbsolute(argv[0] ?? ''), `the program must be absolute: ${argv[0]}`)
        assert.ok(
          cwd === paths.source || cwd.startsWith(`${paths.source}/`) || cwd.startsWith(paths.work) || cwd.startsWith(paths.state),
          `cwd ${cwd} leaves the job`,
        )
      }
    }),

    check('leaves what it cannot express to others, with its reasons', async (subject) => {
      if (subject.beyond === undefined) return
      const {beyond} = subject
      const {paths} = await subject.behave('succeed')
      assert.throws(
        () => subject.backend.plan(frozen(beyond), frozen(paths)),
        (error) =>
          isRchError(error) &&
          error.code === 'backend_unavailable' &&
          Array.isArray(error.data['reasons']) &&
          error.data['reasons'].length > 0,
      )
    }),

    check('writes where it is told', async (subject) => {
      const {job, paths} = await subject.behave('succeed')
      const other = {...paths, derived_data: `${paths.work}/other-dd`, result_bundle: `${paths.work}/other.xcresult`}
      const words = JSON.stringify(subject.backend.plan(job, other))
      assert.ok(words.includes(other.derived_data), 'the derived data must be in the plan')
      assert.ok(words.includes(other.result_bundle), 'the result bundle must be in the plan')
      assert.ok(!words.includes(JSON.stringify(paths.result_bundle)), 'and nothing of another job')
    }),

    check("gives its processes the job's environment and nothing of the worker's", async (subject) => {
      process.env['RCH_TESTKIT_CANARY'] = 'worker-secret'
      try {
        const {output} = await within(perform(subject, 'environment'), 'it must end')
        assert.ok(!output.includes('RCH_TESTKIT_CANARY'), 'a variable of the worker reached the backend')
        const {job} = await subject.behave('environment')
        for (const [name, value] of Object.entries(job.env))
          assert.ok(output.includes(`${name}=${value}`), `${name} must reach the backend`)
      } finally {
        delete process.env['RCH_TESTKIT_CANARY']
      }
    }),

    check('reports success only of a process that ended well', async (subject) => {
      const {exit, output, pids} = await within(perform(subject, 'succeed'), 'it must end')
      assert.ok(isSuccess(exit), JSON.stringify(exit))
      assert.ok(output.length > 0)
      const {invocations} = await planned(subject, 'succeed')
      assert.equal(pids.length, invocations.length, 'each process must be named once, so that its tree can be ended')
    }),

    check('reports a failure', async (subject) => {
      const {exit} = await within(perform(subject, 'fail'), 'it must end')
      assert.ok(!isSuccess(exit), 'a failed tool is no success')
      if (exit.conclusion !== null) assert.ok(isErrorCode(exit.conclusion.code))
    }),

    check('reports a process that was killed', async (subject) => {
      const {exit} = await within(perform(subject, 'crash'), 'it must end')
      assert.ok(!isSuccess(exit), 'a killed tool is no success')
      assert.ok(exit.term_signal !== null || exit.conclusion !== null, 'it must say that it was killed')
    }),

    check('hands over all of a long output before it says how it ended', async (subject) => {
      const {output, exit} = await within(perform(subject, 'flood'), 'it must end')
      assert.ok(output.length >= FLOOD_BYTES, `${output.length} bytes of at least ${FLOOD_BYTES}`)
      assert.ok(isSuccess(exit))
    }),

    check('starts a group of its own, which the worker can end', async (subject) => {
      const running = start(subject, 'hang')
      const pid = await within(running.started, 'it must name its process')
      // The negative id stands for the group: there is one, and its leader is the process that was named.
      process.kill(-pid, 'SIGKILL')
      const exit = await within(running.exit, 'it must end with its process')
      assert.ok(!isSuccess(exit))
    }),

    check('lets go when the worker has given up', async (subject) => {
      const given = new AbortController()
      const running = start(subject, 'hang', given.signal)
      const pid = await within(running.started, 'it must name its process')
      process.kill(-pid, 'SIGTERM')
      given.abort()
      await within(
        running.exit.catch(() => {}),
        'it must end once its process is gone and nobody waits',
      )
    }),

    check('keeps simultaneous jobs apart', async (subject) => {
      const [flood, fail] = await within(Promise.all([perform(subject, 'flood'), perform(subject, 'fail')]), 'both must end')
      assert.ok(isSuccess(flood.exit) && !isSuccess(fail.exit))
      assert.ok(fail.output.length < FLOOD_BYTES)
    }),

    check('reads a log the same however it was cut', async ({backend, log}) => {
      const whole = readLog(backend, [Buffer.from(log)])
      assert.ok(whole.length > 0, 'the sample log must mean something')
      for (const size of [1, 2, 3, 7, 64, 1000])
        assert.deepEqual(readLog(backend, cut(Buffer.from(log), size)), whole, `${size} bytes at a time`)
    }),

    check('reads whatever bytes', async ({backend, log}) => {
      const bytes = Buffer.from(log)
      for (const damage of [
        Buffer.alloc(0),
        Buffer.alloc(100_000, 0xff),
        Buffer.alloc(100_000, 0x20),
        bytes.subarray(0, bytes.length >>> 1),
      ]) {
        readLog(backend, [damage])
      }
      for (let at = 0; at < bytes.length; at += 17) {
        const bent = Buffer.from(bytes)
        bent[at] = 0xff - (bent[at] ?? 0)
        readLog(backend, [bent])
      }
    }),
  ]
}

interface Running {
  readonly started: Promise<number>
  readonly exit: Promise<BackendExit>
}

interface Performed {
  readonly exit: BackendExit
  readonly output: Buffer
  readonly pids: readonly number[]
}

function check(name: string, run: (subject: BackendSubject) => Promise<void>): BackendCheck {
  return {name, run}
}

async function perform(subject: BackendSubject, act: BackendAct): Promise<Performed> {
  const chunks: Buffer[] = []
  const pids: number[] = []
  const {invocations} = await planned(subject, act)
  let exit: BackendExit = {exit_code: null, term_signal: null, conclusion: null}
  for (const invocation of invocations) {
    exit = await subject.backend.execute(
      frozen(invocation),
      {output: (bytes) => chunks.push(Buffer.from(bytes)), started: ({pid}) => pids.push(pid)},
      new AbortController().signal,
    )
  }
  const length = chunks.length
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(chunks.length, length, 'output came after the end was told')
  return {exit, output: Buffer.concat(chunks), pids}
}

function start(subject: BackendSubject, act: BackendAct, signal: AbortSignal = new AbortController().signal): Running {
  const started = Promise.withResolvers<number>()
  const exit = planned(subject, act).then(({invocations: [invocation]}) => {
    assert.ok(invocation !== undefined)
    return subject.backend.execute(invocation, {output: () => {}, started: ({pid}) => started.resolve(pid)}, signal)
  })
  exit.catch((error: unknown) => started.reject(error))
  started.promise.catch(() => {})
  return {started: started.promise, exit}
}

async function planned(subject: BackendSubject, act: BackendAct): Promise<{readonly invocations: readonly Invocation[]}> {
  const {job, paths} = await subject.behave(act)
  return {invocations: subject.backend.plan(job, paths)}
}

function isSuccess({exit_code, term_signal, succeeded, conclusion}: BackendExit): boolean {
  return term_signal === null && conclusion === null && (exit_code === 0 || (exit_code === null && succeeded === true))
}

function readLog(backend: Backend, chunks: readonly Uint8Array[]): readonly unknown[] {
  const interpreter = backend.interpreter({sourceRoot: '/src'})
  return [...chunks.flatMap((chunk) => [...interpreter.push(chunk)]), ...interpreter.end()]
}

function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({length: Math.ceil(bytes.length / size)}, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function limited(noticeMs: number): <T>(promise: Promise<T>, what: string) => Promise<T> {
  return async (promise, what) => {
    const {promise: late, reject} = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new assert.AssertionError({message: `${what}; it did not within ${noticeMs} ms`})), noticeMs)
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
