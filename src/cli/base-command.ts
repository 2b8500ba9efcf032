import {Command} from '@oclif/core/command'
import {ERRORS, RchError, toRchError} from '@rch/contract'
import {errorEnvelope, successEnvelope, type Envelope} from './envelope.ts'
import {LANE_FLAGS} from './flags.ts'
import {hostError} from '../app/host-error.ts'
import {formatError} from './present/error-text.ts'
import {signOfLife, type SignOfLife} from './present/sign-of-life.ts'
import {usageProblem, type CommandWords} from './usage-problem.ts'

/** What a command answers: the fields of its `--json` result and, when the answer is bad news, its code and exit status. */
export interface Answer {
  readonly result: Readonly<Record<string, unknown>>
  readonly exitCode?: number
  readonly errorCode?: string | null
  readonly errors?: Envelope['errors']
  /** It has written its own lines; no envelope follows. */
  readonly streamed?: boolean
}

/**
 * The base of every command: one envelope under `--json`, errors with code, message and hint otherwise, exit codes from the
 * registry. A command parses, calls one use case, presents, and returns its answer.
 */
export abstract class LaneCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = LANE_FLAGS

  /** `kind` of the envelope. */
  protected abstract readonly kind: string

  protected abstract answer(): Promise<Answer>

  #life: SignOfLife | null = null

  override async run(): Promise<Envelope | undefined> {
    const {result, exitCode = 0, errorCode = null, errors = [], streamed = false} = await this.answer().finally(() => this.hush())
    if (exitCode !== 0) process.exitCode = exitCode
    // oclif prints nothing for no result.
    if (streamed) return undefined
    return {...successEnvelope(this.kind, result), ok: exitCode === 0, error_code: errorCode, errors}
  }

  override log(message?: string, ...args: unknown[]): void {
    this.#life?.heard()
    super.log(message, ...args)
  }

  /** From here on the command says that it is at work where it says nothing else for two seconds. */
  protected stayInTouch(doing: () => string): void {
    this.#life ??= signOfLife((seconds) => process.stderr.write(`${doing()}, ${seconds} s\n`))
  }

  /** Ends that: the command is done, or speaks for itself. */
  protected hush(): void {
    this.#life?.stop()
  }

  protected override async catch(error: Error & {readonly oclif?: {readonly exit?: number}}): Promise<unknown> {
    const known = this.problemOf(error)
    if (this.jsonEnabled()) return this.#failJson(known)
    process.exitCode = known.exitCode
    process.stderr.write(formatError(known, error, process.env['RCH_DEBUG'] === '1'))
    return undefined
  }

  /** Whatever was thrown, as it is told. */
  protected problemOf(error: Error & {readonly oclif?: {readonly exit?: number}}): RchError {
    return this.#withNextStep(isFrameworkError(error) ? usageProblem(error, this.#words()) : hostError(error, process.env))
  }

  /** oclif would serialise the parse input here, and the whole configuration with it. */
  protected override toErrorJson(error: unknown): Envelope {
    return errorEnvelope(this.kind, toRchError(error))
  }

  protected override toSuccessJson(result: unknown): unknown {
    return result
  }

  #words(): CommandWords {
    return {
      command: `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`,
      flags: [...Object.keys({...this.ctor.baseFlags, ...this.ctor.flags}), 'json'],
    }
  }

  /** Where only the registry's general hint is known, this command's own help is the next step. */
  #withNextStep(error: RchError): RchError {
    if (error.code !== 'usage_error' || error.hint !== ERRORS.usage_error.hint || error.others !== undefined) return error
    return new RchError(error.code, error.message, {data: error.data, cause: error, hint: `Run \`${this.#words().command} --help\`.`})
  }

  #failJson(error: RchError): void {
    process.exitCode = error.exitCode
    this.logJson(errorEnvelope(this.kind, error))
  }
}

/** oclif's own complaints about flags and arguments carry their exit status. */
function isFrameworkError(error: Error & {readonly oclif?: {readonly exit?: number}}): boolean {
  return error.oclif?.exit !== undefined && !('brand' in error)
}
