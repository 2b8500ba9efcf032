import {isRchError, type Decision, type EffectiveProfile} from '@rch/contract'
import {findRecord, notebookDocument, openAttempt} from '../app/find-record.ts'
import {acceptActions} from '../app/run/accept-steps.ts'
import type {AcceptedStep, Entrance, GateRequest} from '../app/run/gate-request.ts'
import {recordRefusal} from '../app/run/record-refusal.ts'
import type {GateResult} from '../app/run/gate-result.ts'
import {runGate} from '../app/run/run-gate.ts'
import {DEFAULT_KIND} from '../domain/default-kind.ts'
import {hasLocalXcode, type Lane} from '../app/lane.ts'
import {classifierPolicy, type EffectiveConfig} from '../domain/config/index.ts'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import type {Answer} from './base-command.ts'
import {columnsOf} from './columns-of.ts'
import {RepositoryCommand, type LaneFlags} from './lane-command.ts'
import type {RunProgress} from '../app/run/progress.ts'
import {presented} from './present/presented.ts'
import {wantsColour} from './wants-colour.ts'
import {folderInRepository} from '../infra/repository-top.ts'
import {overridesOf, type RunFlags} from './overrides.ts'
import {stopOnInterrupt} from './stop-on-interrupt.ts'
import {withEmbeddedWorker} from '../app/embedded-worker.ts'
import {EMBEDDED} from '../domain/embedded-name.ts'
import {MOCK_NOTE} from '../domain/mock-note.ts'

/** A command that starts a run: from flags to an accepted request, then the gate, then the verdict. */
export abstract class GateCommand extends RepositoryCommand {
  /** On mock Xcode: nothing was really built. */
  #mock = false

  /** The lane with the embedded worker in its inventory when that one is asked for. */
  protected async gateLane(flags: LaneFlags & Pick<RunFlags, 'worker'>): Promise<Lane> {
    return withEmbeddedWorker(await this.lane(flags), flags.worker ?? null)
  }

  protected async gate(
    lane: Lane,
    flags: RunFlags,
    entrance: Entrance,
    config: EffectiveConfig,
    steps: readonly AcceptedStep[],
    command: boolean,
    onLog?: (bytes: Uint8Array) => Promise<void>,
  ): Promise<GateResult> {
    const composed = this.request(lane, flags, entrance, config, steps, command)
    // Whoever stands in another program's place is asked nothing.
    const request = onLog === undefined ? composed : {...composed, asks: false}
    const stop = stopOnInterrupt(flags)
    // From here on the run speaks for itself.
    this.hush()
    try {
      return await presented(
        {
          ...flags,
          steps: steps.map(({step}) => step.action),
          json: this.jsonEnabled() || onLog !== undefined,
          logShown: onLog !== undefined,
        },
        (present) => {
          const onProgress = (progress: RunProgress): void => {
            stop.heard(progress)
            this.heard(progress)
            if (progress.type === 'log' && onLog !== undefined) progress.hold(onLog(progress.bytes))
            else present(progress)
          }
          return runGate(lane, request, onProgress, stop.signal)
        },
      )
    } finally {
      stop.dispose()
    }
  }

  /** Remembers of a run what its verdict has to say. */
  protected heard(progress: RunProgress): void {
    if (progress.type === 'run_started') this.#mock = progress.mock
  }

  protected request(
    lane: Lane,
    flags: RunFlags,
    entrance: Entrance,
    config: EffectiveConfig,
    steps: readonly AcceptedStep[],
    command: boolean,
  ): GateRequest {
    return {
      entrance,
      config,
      profile: config.profile,
      kind: DEFAULT_KIND,
      steps,
      policy: classifierPolicy(config.profile, {repoRoot: lane.repository.root, localXcode: hasLocalXcode()}),
      worker: flags.worker ?? null,
      traceId: flags['trace-id'] ?? null,
      detach: flags.detach,
      asks: lane.interactive && lane.env['CI'] === undefined && !this.jsonEnabled() && flags.yes !== true,
      layers: {flags: Object.values(overridesOf(flags)).some((value) => value !== undefined), command},
    }
  }

  /** The steps that a profile's own settings mean, judged like typed ones. */
  protected async acceptProfile(
    lane: Lane,
    config: EffectiveConfig,
    actions: readonly {readonly action: Exclude<Action, 'clean'>; readonly profile: EffectiveProfile}[],
  ): Promise<readonly AcceptedStep[]> {
    const {provider} = await lane.providers.load('classifier', DEFAULT_KIND)
    const policy = classifierPolicy(config.profile, {repoRoot: lane.repository.root, localXcode: hasLocalXcode()})
    return acceptActions(provider, actions, policy)
  }

  /** Runs what may end before an attempt exists, and keeps a record of it when it does. */
  protected async recorded<T>(
    lane: Lane,
    entrance: Entrance,
    known: {config: EffectiveConfig | null; decision: Decision | null; argv: readonly string[] | null},
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // What the worker left open has a notebook of its own.
      if (isRchError(error) && error.code !== 'internal_error' && error.data['run_id'] === undefined) {
        const id = recordRefusal(lane, {entrance, error, ...known})
        lane.notice(`recorded as ${id}: \`rch xcode explain ${id}\``)
      }
      throw error
    }
  }

  /** The worker that a run was planned for; an embedded one is in nobody's inventory. */
  protected plannedWorker(lane: Lane, id: string): string | undefined {
    const record = findRecord(lane, id)
    return record?.type === 'run' ? notebookDocument(openAttempt(record).directory, 'run_plan')?.worker : undefined
  }

  /** The embedded worker's name when a run was planned for it; another worker is chosen anew. */
  protected embeddedWorkerOf(lane: Lane, id: string): string | undefined {
    const name = this.plannedWorker(lane, id)
    return name === EMBEDDED ? name : undefined
  }

  /** The verdict for people, on stdout; who asked for quiet hears nothing of a success. */
  protected async present(result: GateResult, {quiet, troubleOnly = false}: Pick<RunFlags, 'quiet' | 'troubleOnly'>): Promise<Answer> {
    const {summary, steps} = result
    if (summary === null) {
      this.log(`run ${result.run_id}`)
      for (const step of steps) if (step.summary.job_id !== null) this.log(`job ${step.summary.job_id}`)
      this.log(`→ rch xcode watch ${result.run_id}`)
      return {
        result: {
          run_id: result.run_id,
          attempt: result.attempt,
          worker: result.worker,
          mock: this.#mock,
          detached: true,
          jobs: steps.map((step) => step.summary.job_id),
        },
      }
    }
    const {runVerdict} = summary.status === 'success' ? {} : await import('./present/run-verdict.ts')
    const verdict =
      runVerdict?.(result, wantsColour(process.stdout, {'no-color': this.argv.includes('--no-color')}), columnsOf(process.stdout)) ?? null
    if (summary.status !== 'success' || !(quiet || troubleOnly)) {
      this.log(verdict?.text.trimEnd() ?? `${summary.status === 'success' ? '✔' : '✘'} ${summary.human_summary}`)
      if (this.#mock) this.log(`  ${MOCK_NOTE}`)
      this.log(`→ rch xcode report ${result.run_id.slice(0, 12)}`)
    }
    if (process.env['GITHUB_ACTIONS'] === 'true')
      (await import('./present/github-run.ts')).tellGithub(result, () => folderInRepository(process.cwd()))
    return {
      exitCode: summary.exit_code,
      errorCode: summary.error_code,
      errors: summary.errors.map(({error_code, message, hint, retryable, data}) => ({code: error_code, message, hint, retryable, data})),
      result: {
        run_id: result.run_id,
        attempt: result.attempt,
        worker: result.worker,
        mock: this.#mock,
        detached: false,
        failures_total: verdict?.failures_total ?? 0,
        failures: verdict?.failures ?? [],
        directory: result.directory,
        summary,
        steps: steps.map((step) => ({...step.summary, directory: step.jobDirectory})),
      },
    }
  }
}
