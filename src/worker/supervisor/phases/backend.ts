import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {isRchError, RchError, toRchError, type BackendExit, type BackendJob, type BackendPaths, type Invocation} from '@rch/contract'
import type {LogSummary} from '@rch/contract/events'
import {createSummarizer} from '@rch/interpreter'
import {verdictError} from '../../../domain/verdict-error.ts'
import {verdictOf} from '../../../domain/verdict.ts'
import type {Findings} from '../../../reports/findings.ts'
import {locateEvent} from '../../../reports/locate-failures.ts'
import {createFindingsCollector} from '../../../reports/log-findings.ts'
import {backendEnvironment} from '../backend-env.ts'
import {readControl, writeControl} from '../control.ts'
import {firstLaunchState} from '../../toolchain/first-launch.ts'
import {appleTools} from '../../toolchain/tools.ts'
import {LogFile} from '../log-file.ts'
import {outcomeOf, SUCCEEDED, type Outcome} from '../outcome.ts'
import {stagedPlaces} from '../../results/staged-places.ts'
import {createRedactor, type Redactor} from '../../redaction/create-redactor.ts'
import type {JobSession} from '../session.ts'
import {LEFTOVER_SIGNALS, STOP_SIGNALS, type SweepResult} from '../sweep.ts'
import type {Prepared} from './prepare.ts'
import type {Workspace} from './workspace.ts'

/** What running the backend came to. */
export interface BackendReport {
  readonly outcome: Outcome
  readonly exit: BackendExit | null
  readonly backend: {readonly preferred: string; readonly actual: string | null; readonly version: string | null}
  /** What the log said; `null` when nothing ran. */
  readonly summary: LogSummary | null
  /** The same, test by test and diagnostic by diagnostic. */
  readonly findings: Findings | null
  readonly logBytes: number
  /** What hides secrets of this job; null where nothing ran or nothing is to be hidden. */
  readonly redactor: Redactor | null
  readonly sweep: SweepResult
  readonly startedAt: string | null
}

interface Started {
  readonly invocation: Invocation
  readonly startedAt: string
  readonly pid: number | null
  readonly exit: BackendExit | null
}

const SAMPLE_EVERY_MS = 2_000
const CLOCK_EVERY_MS = 250

/**
 * Runs the backend's processes one after the other and reads every byte they print: to the log file, through the interpreter,
 * into events. Time limits, cancel and abandonment end the whole family of processes; what is left of it is ended too.
 */
export async function backendPhase(session: JobSession, workspace: Workspace, prepared: Prepared): Promise<BackendReport> {
  const {request, layout, events} = session
  const paths = {
    source: workspace.source,
    derived_data: workspace.derivedData,
    result_bundle: join(layout.result, 'result.xcresult'),
    cloned_packages: workspace.packages,
    work: layout.work,
  }
  const job = backendJob(session, prepared)
  const {
    driver,
    version,
    plan: invocations,
  } = await prepared.backends.planned((candidate) => {
    const state = session.context.layout.backend(candidate.id)
    mkdirSync(state, {recursive: true, mode: 0o700})
    return candidate.plan(job, {...paths, state})
  })
  const backend = {preferred: prepared.backends.preferred, actual: driver.id, version}
  const redactor = await redactorOf(session, job)
  const {timeout_seconds, idle_timeout_seconds} = request.job.timeouts
  events.write({type: 'job_started', backend, timeout_seconds, idle_timeout_seconds})
  const startedAt = new Date().toISOString()
  const log = new LogFile(layout.log, request.job.limits.max_log_bytes)
  const interpreter = driver.interpreter({sourceRoot: workspace.source})
  const summarizer = createSummarizer()
  const collector = createFindingsCollector()
  const places = stagedPlaces(layout.artifacts)
  const say = (said: ReturnType<typeof interpreter.push>): void => {
    for (const one of said) {
      const event = locateEvent(one, places)
      summarizer.add(event)
      collector.add(event)
      events.write(event)
    }
  }
  const keep = (bytes: Uint8Array): void => {
    log.write(bytes)
    say(interpreter.push(bytes))
  }
  const clock = startClock(session, timeout_seconds, idle_timeout_seconds)
  const started: Started[] = []
  let sweep: SweepResult = {reaped: 0, remaining: 0, coverage: 'exact'}
  let failure: RchError | null = null
  let exit: BackendExit | null = null
  try {
    for (const invocation of invocations) {
      const run = await runOne(
        session,
        (...call) => driver.execute(...call),
        invocation,
        (bytes) => {
          clock.heard()
          keep(redactor === null ? bytes : redactor.push(bytes))
        },
      )
      started.push(run.started)
      exit = run.started.exit
      failure = run.failure
      sweep = addSweeps(sweep, run.sweep)
      if (failure !== null || session.stop.reason !== null || exit === null || !endedWell(exit)) break
    }
  } finally {
    clock.stop()
    if (redactor !== null) keep(redactor.end())
    say(interpreter.end())
    log.close()
  }
  if (log.truncated)
    events.write({
      type: 'warning',
      code: 'log_truncated',
      message: 'The stored log is cut; everything was read.',
      data: {limit: request.job.limits.max_log_bytes},
    })
  putInvocations(session, backend, started, paths)
  const summary = summarizer.summary()
  const stop = session.stop.reason
  const outcome =
    stop !== null
      ? outcomeOf(new RchError(stop.code, undefined, {data: stop.data}))
      : sweep.remaining > 0
        ? outcomeOf(new RchError('job_stuck', undefined, {data: {count: sweep.remaining}}))
        : failure !== null
          ? outcomeOf(failure)
          : ((await launchProblem(session, prepared, exit)) ?? judge(withoutSecrets(exit, redactor), summary, driver.id))
  return {outcome, exit, backend, summary, findings: collector.findings(summary), logBytes: log.seen, redactor, sweep, startedAt}
}

/** What a backend concludes may quote what its tool printed. */
function withoutSecrets(exit: BackendExit | null, redactor: Redactor | null): BackendExit | null {
  if (redactor === null || exit === null || exit.conclusion === null) return exit
  return {...exit, conclusion: {...exit.conclusion, message: redactor.text(exit.conclusion.message)}}
}

/** Made before anything runs: what it cannot take must not run unhidden. */
async function redactorOf({request, env}: JobSession, job: BackendJob): Promise<Redactor | null> {
  const {enabled, patterns} = request.job.effective_config.inputs.redaction
  return enabled ? createRedactor({values: env, patterns, command: job.resolved_argv}) : null
}

async function runOne(
  session: JobSession,
  execute: (
    invocation: Invocation,
    io: {output(bytes: Uint8Array): void; started(process: {readonly pid: number; readonly waits?: boolean}): void},
    signal: AbortSignal,
  ) => Promise<BackendExit>,
  invocation: Invocation,
  onOutput: (bytes: Uint8Array) => void,
): Promise<{readonly started: Started; readonly failure: RchError | null; readonly sweep: SweepResult}> {
  const {family, stop, layout} = session
  const giveUp = new AbortController()
  const startedAt = new Date().toISOString()
  let pid: number | null = null
  let sweeping: Promise<SweepResult> | null = null
  const sampler = setInterval(() => family.sample(), SAMPLE_EVERY_MS)
  const endIt = (): void => {
    sweeping ??= family.end(STOP_SIGNALS).finally(() => giveUp.abort())
  }
  stop.signal.addEventListener('abort', endIt, {once: true})
  let exit: BackendExit | null = null
  let failure: RchError | null = null
  try {
    exit = await execute(
      invocation,
      {
        output: onOutput,
        started: (process) => {
          pid ??= process.pid
          const identity = family.add(process.pid, process.waits)
          const control = readControl(layout.control)
          if (identity !== null && control !== undefined)
            writeControl(layout.control, {...control, backends: [...control.backends, identity]})
          if (stop.reason !== null) endIt()
        },
      },
      giveUp.signal,
    )
  } catch (error) {
    failure =
      isRchError(error) && error.code === 'backend_start_failed'
        ? error
        : new RchError('backend_start_failed', undefined, {
            data: {backend: invocation.argv[0], problem: toRchError(error).message},
            cause: error,
          })
  } finally {
    clearInterval(sampler)
    stop.signal.removeEventListener('abort', endIt)
  }
  const sweep = await (sweeping ?? family.end(LEFTOVER_SIGNALS))
  return {started: {invocation, startedAt, pid, exit}, failure, sweep}
}

/** Whether the next process of the plan may run. */
function endedWell({exit_code, term_signal, succeeded, conclusion}: BackendExit): boolean {
  return term_signal === null && conclusion === null && (exit_code === 0 || (exit_code === null && succeeded === true))
}

/** What xcodebuild leaves with when a build or a test failed; a backend that does not learn the status means this. */
const FAILED_STATUS = 65

/** What Xcode's tools leave with while a licence waits to be accepted or its first launch is not done. */
const NOT_READY_STATUS = 69

/** An Xcode that was updated since the worker was asked: its build says nothing of the source. */
async function launchProblem({context}: JobSession, {toolchain}: Prepared, exit: BackendExit | null): Promise<Outcome | null> {
  if (exit === null || !mayBeNotReady(exit)) return null
  const {license_accepted, first_launch_done} = await firstLaunchState(appleTools(context.config), toolchain.developer_dir)
  const data = {xcode: toolchain.developer_dir}
  if (license_accepted === false) return outcomeOf(new RchError('xcode_license_not_accepted', undefined, {data}))
  return first_launch_done === false ? outcomeOf(new RchError('xcode_first_launch_pending', undefined, {data})) : null
}

/** A backend that does not learn the status only knows that xcodebuild ended without a verdict. */
function mayBeNotReady({exit_code, term_signal, succeeded, conclusion}: BackendExit): boolean {
  return exit_code === NOT_READY_STATUS || (exit_code === null && term_signal === null && succeeded === false && conclusion !== null)
}

/** What an ended backend means, when nobody stopped it. */
function judge(exit: BackendExit | null, summary: LogSummary, backend: string): Outcome {
  if (exit === null) return outcomeOf(new RchError('backend_start_failed', undefined, {data: {backend, problem: 'it never ran'}}))
  if (exit.conclusion !== null) return outcomeOf(new RchError(exit.conclusion.code, exit.conclusion.message))
  if (exit.term_signal !== null) return outcomeOf(new RchError('backend_crashed', undefined, {data: {backend, signal: exit.term_signal}}))
  const code = exit.exit_code ?? (exit.succeeded === undefined ? null : exit.succeeded ? 0 : FAILED_STATUS)
  const {error_code} = verdictOf(summary, {code, signal: null})
  const facts = {errors: summary.errors, failed: summary.tests.failed, exit_code: exit.exit_code}
  return error_code === null ? SUCCEEDED : outcomeOf(verdictError(error_code, facts))
}

function backendJob(session: JobSession, prepared: Prepared): BackendJob {
  const {request} = session
  const {job} = request
  const step = job.effective_config.inputs.steps.find((candidate) => candidate.index === job.index)
  if (step === undefined) throw new RchError('protocol_error', `The configuration has no step ${job.index}.`, {data: {field: 'job.index'}})
  return {
    job_id: request.job_id,
    action: job.action,
    model: step.model,
    resolved_argv: job.job_key_inputs.resolved_argv,
    destinations: prepared.devices.map((device) => ({...device.destination, udid: device.udid})),
    toolchain: prepared.toolchain,
    code_signing_allowed: job.job_key_inputs.policy.code_signing_allowed,
    simulator_signing: job.job_key_inputs.policy.simulator_signing,
    env: backendEnvironment(session, prepared),
    posture: job.job_key_inputs.policy.posture,
  }
}

/** Two deadlines: the step's whole time, and the time without a byte of output. */
function startClock(session: JobSession, timeoutSeconds: number, idleSeconds: number): {heard(): void; stop(): void} {
  const startedAt = performance.now()
  let heardAt = startedAt
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - startedAt > timeoutSeconds * 1000) session.stop.stop({code: 'timeout', data: {seconds: timeoutSeconds}})
    else if (now - heardAt > idleSeconds * 1000) session.stop.stop({code: 'idle_timeout', data: {seconds: idleSeconds}})
  }, CLOCK_EVERY_MS)
  return {
    heard: () => {
      heardAt = performance.now()
    },
    stop: () => clearInterval(timer),
  }
}

function addSweeps(a: SweepResult, b: SweepResult): SweepResult {
  return {reaped: a.reaped + b.reaped, remaining: b.remaining, coverage: b.coverage}
}

function putInvocations(
  session: JobSession,
  backend: BackendReport['backend'],
  started: readonly Started[],
  paths: Omit<BackendPaths, 'state'>,
): void {
  session.put('backend_invocation', {
    backend: {id: backend.actual ?? backend.preferred, version: backend.version},
    invocations: started.map(({invocation, startedAt, pid, exit}) => ({
      argv: invocation.argv,
      mcp_request: invocation.request ?? null,
      cwd: invocation.cwd,
      env_names: Object.keys(invocation.env).toSorted(),
      started_at: startedAt,
      pid,
      pgid: pid,
      exit_code: exit?.exit_code ?? null,
      term_signal: exit?.term_signal ?? null,
    })),
    paths,
  })
}
