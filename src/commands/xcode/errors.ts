import * as Args from '@oclif/core/args'
import {ERRORS, EXIT_CODES, isErrorCode, RchError} from '@rch/contract'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'
import {table} from '../../cli/present/table.ts'
import {nearest} from '../../domain/config/nearest.ts'

export default class Errors extends LaneCommand {
  static override summary = 'Explain an error code, or list all of them.'
  static override examples = ['<%= config.bin %> <%= command.id %> tests_failed', '<%= config.bin %> <%= command.id %> --json']
  static override args = {code: Args.string({ignoreStdin: true, description: 'The code, as it was printed.'})}
  protected override readonly kind = 'errors'

  protected override async answer(): Promise<Answer> {
    const {args} = await this.parse(Errors)
    const all = Object.entries(ERRORS).map(([code, row]) => ({
      code,
      exit_code: EXIT_CODES[row.kind],
      failure_kind: row.kind,
      severity: row.severity ?? 'error',
      retryable: row.retryable ?? false,
      wire: row.wire ?? 'REFUSED',
      message: row.message,
      hint: row.hint,
      since: row.since,
    }))
    if (args.code === undefined) {
      this.log(table(all.map(({code, exit_code, message}) => [String(exit_code), code, message])))
      return {result: {codes: all}}
    }
    const wanted = args.code.toLowerCase()
    if (!isErrorCode(wanted)) {
      const close = nearest(
        wanted,
        all.map(({code}) => code),
      )
      throw new RchError('usage_error', `There is no error code "${args.code}"${close === null ? '' : `; did you mean "${close}"?`}`, {
        data: {code: args.code},
        hint: 'Run `rch xcode errors` to list them.',
      })
    }
    const [row] = all.filter(({code}) => code === wanted)
    if (row !== undefined)
      this.log(
        `${row.code} (exit ${row.exit_code}, ${row.failure_kind}${row.retryable ? ', trying again may help' : ''})\n  ${row.message}\n  → ${row.hint}`,
      )
    return {result: {codes: row === undefined ? [] : [row]}}
  }
}
