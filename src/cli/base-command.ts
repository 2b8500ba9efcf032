import {Command} from '@oclif/core/command'
import {RchError, toRchError} from '@rch/contract'
import {nearest} from '../domain/config/nearest.ts'
import {errorEnvelope, successEnvelope, type Envelope} from './envelope.ts'
import {LANE_FLAGS} from './flags.ts'
import {placeError} from './place-error.ts'
import {formatError} from './present/error-text.ts'

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

  override async run(): Promise<Envelope | undefined> {
    const {result, exitCode = 0, errorCode = null, errors = [], streamed = false} = await this.answer()
    if (exitCode !== 0) process.exitCode = exitCode
    // oclif prints nothing for no result.
    if (streamed) return undefined
    return {...successEnvelope(this.kind, result), ok: exitCode === 0, error_code: errorCode, errors}
  }

  protected override async catch(error: Error & {readonly oclif?: {readonly exit?: number}}): Promise<unknown> {
    const unknownFlag = isFrameworkError(error) ? this.#unknownFlag(error) : null
    if (unknownFlag === null && isFrameworkError(error)) return this.jsonEnabled() ? this.#failJson(usageError(error)) : super.catch(error)
    const known = unknownFlag ?? placeError(error, process.env) ?? toRchError(error)
    if (this.jsonEnabled()) return this.#failJson(known)
    process.exitCode = known.exitCode
    process.stderr.write(formatError(known, error, process.env['RCH_DEBUG'] === '1'))
    return undefined
  }

  /** oclif would serialise the parse input here, and the whole configuration with it. */
  protected override toErrorJson(error: unknown): Envelope {
    return errorEnvelope(this.kind, toRchError(error))
  }

  protected override toSuccessJson(result: unknown): unknown {
    return result
  }

  /** A flag that does not exist, with the one that was probably meant instead of a page of help. */
  #unknownFlag(error: Error): RchError | null {
    const [flag] = 'flags' in error && Array.isArray(error.flags) ? error.flags : []
    if (typeof flag !== 'string' || !error.message.startsWith('Nonexistent flag')) return null
    const command = `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`
    const meant = nearest(flag.replace(/^-+/, ''), [...Object.keys({...this.ctor.baseFlags, ...this.ctor.flags}), 'json'])
    return new RchError('usage_error', `\`${command}\` has no flag ${flag}${meant === null ? '' : `; did you mean --${meant}?`}`, {
      data: {flag, meant: meant === null ? null : `--${meant}`},
      hint: `Run \`${command} --help\`.`,
    })
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

function usageError(error: Error): RchError {
  return new RchError('usage_error', error.message.split('\n')[0] ?? error.message, {data: {problem: error.message}})
}
