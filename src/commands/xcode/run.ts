import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {isErrorCode, RchError, type Decision, type ErrorCode} from '@rch/contract'
import {bundleTarget, deliverBundle} from '../../app/run/deliver-bundle.ts'
import {judgeCommand, typedHere} from '../../app/explain/decide.ts'
import {hostError} from '../../app/host-error.ts'
import type {Lane} from '../../app/lane.ts'
import {stepsOf} from '../../app/run/accept-steps.ts'
import type {GateResult} from '../../app/run/gate-result.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RUN_FLAGS} from '../../cli/flags.ts'
import {GateCommand} from '../../cli/gate-command.ts'
import {overridesOf, type RunFlags} from '../../cli/overrides.ts'
import type {EffectiveConfig} from '../../domain/config/index.ts'
import {toStdout} from '../../cli/to-stdout.ts'
import {EXIT_STATUS_BACKEND} from '../../domain/default-kind.ts'
import {isReaderGone} from '../../infra/reader-gone.ts'
import {quietLog} from '../../reports/quiet-log.ts'

export default class Run extends GateCommand {
  static override summary = 'Classify an xcodebuild command and run it on a worker, or say why not.'
  static override usage = 'xcode run [FLAGS] -- xcodebuild …'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- xcodebuild test -scheme App -destination "platform=iOS Simulator,name=iPhone 16,OS=18.2"',
    '<%= config.bin %> <%= command.id %> --drop-in -- xcodebuild build -scheme App',
  ]
  static override args = {command: Args.string({required: true, multiple: true, ignoreStdin: true, description: 'The command, after --.'})}
  static override flags = {
    ...RUN_FLAGS,
    'drop-in': Flags.boolean({
      summary: 'Behave like the command itself: its log on stdout, its exit status; 125 for any failure of the lane.',
      exclusive: ['json', 'detach'],
    }),
  }
  protected override readonly kind = 'run'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Run)
    const argv: readonly string[] = args.command
    if (flags['drop-in']) return this.dropIn(argv, flags)
    const lane = await this.gateLane(flags)
    const {decision, config} = await judgeCommand(lane, {form: 'argv', argv, ...typedHere(lane)}, overridesOf(flags), flags.profile ?? null)
    const shown = asAsked(flags, decision)
    return this.recorded(lane, 'run', {config, decision, argv}, async () =>
      this.present(await this.carryOut(lane, shown, argv, decision, config), shown),
    )
  }

  /** Whoever put this into a script's place of xcodebuild is told of wrong flags as of any other failure of the lane. */
  protected override async catch(error: Error): Promise<unknown> {
    const ours = this.argv.slice(0, this.argv.includes('--') ? this.argv.indexOf('--') : undefined)
    if (!ours.includes('--drop-in') || ours.includes('--json')) return super.catch(error)
    const {code, message} = this.problemOf(error)
    process.stderr.write(`rch: ${code} ${message.split('\n')[0]}\n`)
    process.exitCode = LANE_FAILED
    return undefined
  }

  /** The accepted command, with the assignments that stood before it and its result bundle where it wanted it. */
  private async carryOut(
    lane: Lane,
    flags: RunFlags,
    argv: readonly string[],
    decision: Decision,
    config: EffectiveConfig,
    onLog?: (bytes: Uint8Array) => Promise<void>,
  ): Promise<GateResult> {
    const steps = stepsOf(decision, {text: null, argv})
    const target = bundleTarget(lane, decision.result_bundle_path)
    const result = await this.gate({...lane, env: {...lane.env, ...decision.env}}, flags, 'run', config, steps, true, onLog)
    if (deliverBundle(result, target)) lane.notice(`result bundle: ${decision.result_bundle_path}`)
    return result
  }

  /** xcodebuild's place taken in scripts and pipes: nothing on stdout but its log, nothing in the status but its own. */
  private async dropIn(argv: readonly string[], flags: RunFlags): Promise<Answer> {
    try {
      // Nothing is said before it is known whether the command itself asks for quiet.
      const lane = await this.gateLane({...flags, quiet: true})
      const overrides = {...overridesOf(flags), backend: flags.backend ?? EXIT_STATUS_BACKEND}
      const {decision, config} = await judgeCommand(lane, {form: 'argv', argv, ...typedHere(lane)}, overrides, flags.profile ?? null)
      // What goes wrong stands in the log itself.
      const shown = asAsked(flags, decision)
      const reduced = decision.presentation.quiet ? quietLog() : null
      const onLog = (bytes: Uint8Array): Promise<void> => toStdout(reduced?.push(bytes) ?? bytes)
      const result = await this.carryOut(lane, {...shown, quiet: shown.quiet || decision.presentation.quiet}, argv, decision, config, onLog)
      if (reduced !== null) await toStdout(reduced.end())
      const own = result.steps.find(({summary}) => summary.status !== 'success') ?? result.steps.at(-1)
      const code = own === undefined ? null : statusOf(own.summary)
      if (code === null) throw new RchError(knownCode(own?.summary.error_code), own?.summary.human_summary)
      return {result: {}, exitCode: code, errorCode: own?.summary.error_code ?? null}
    } catch (error) {
      const {code, message} = hostError(error, process.env)
      if (!isReaderGone()) process.stderr.write(`rch: ${code} ${message.split('\n')[0]}\n`)
      return {result: {}, exitCode: LANE_FAILED}
    }
  }
}

/** Of `--drop-in`: no status of xcodebuild's. */
const LANE_FAILED = 125

/** The command's own `-quiet` and `-verbose`: what they ask for is done here, since the worker runs neither. */
function asAsked(flags: RunFlags, {presentation: {quiet, verbose}}: Decision): RunFlags {
  return {...flags, verbose: (flags.verbose || verbose) && !flags.quiet && !quiet, troubleOnly: quiet}
}

/**
 * xcodebuild's own status, where it speaks for the job: it ran to its end, or a signal that nobody of us sent ended it. Anything
 * else is the lane's failure, even over a status of 0: a bundle that is missing, a timeout, a cancel.
 */
function statusOf({
  sealed_status,
  status,
  failure_kind,
  error_code,
  backend_exit_code: code,
  backend_term_signal: signal,
}: GateResult['steps'][number]['summary']): number | null {
  if (sealed_status == null) return null
  if (status === 'success') return code
  if (failure_kind === 'XCODEBUILD') return code === 0 ? null : code
  if (error_code === 'backend_crashed' && signal !== null) return 128 + (SIGNALS[signal] ?? 0)
  return null
}

function knownCode(code: string | null | undefined): ErrorCode {
  return isErrorCode(code) ? code : 'internal_error'
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 10,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}
