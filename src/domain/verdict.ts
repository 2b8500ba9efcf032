import type {LogSummary, Phase} from '@rch/contract/events'

/** How xcodebuild ended. Both null: nobody knows (XcodeBuildMCP tells neither). */
export interface BackendExit {
  readonly code: number | null
  readonly signal: string | null
}

export type VerdictCode = 'build_failed' | 'tests_failed' | 'package_resolution_failed' | 'destination_rejected' | 'backend_interrupted'

const EX_NOINPUT = 66
const EX_SOFTWARE = 70
const EX_IOERR = 74
const INTERRUPTED = 75

/**
 * What a run of xcodebuild amounts to; `error_code` null is success. The exit status decides whether it failed, the log why: exit
 * statuses are too coarse for that (65 is a failed build as well as a failed test). Without an exit status the log decides both.
 */
export function verdictOf(summary: LogSummary, exit: BackendExit): {readonly error_code: VerdictCode | null} {
  if (exit.signal !== null) return {error_code: 'backend_interrupted'}
  if (exit.code === 0) return {error_code: null}
  const told = reasonIn(summary)
  if (exit.code === null) return {error_code: told}
  if (exit.code === INTERRUPTED) return {error_code: 'backend_interrupted'}
  return {error_code: told ?? reasonOfStatus(exit.code, summary)}
}

function reasonIn(summary: LogSummary): VerdictCode | null {
  const {tests, phases, diagnostics} = summary
  // A script may run an xcodebuild of its own: the last word counts.
  const failed = (phase: Phase): boolean => phases.findLast((one) => one.phase === phase)?.outcome === 'failed'
  const said = (category: string): boolean => diagnostics.some((one) => one.severity === 'error' && one.category === category)
  if (summary.package_resolution === 'failed') return 'package_resolution_failed'
  if (phases.some(({outcome}) => outcome === 'interrupted')) return 'backend_interrupted'
  if (failed('build') || failed('archive') || failed('analyze') || failed('install') || failed('clean')) return 'build_failed'
  if (tests.failed > 0 || failed('test')) return 'tests_failed'
  if (said('destination')) return 'destination_rejected'
  if (phases.some(({outcome}) => outcome === 'succeeded') && summary.verdicts.length > 0) return null
  if (summary.errors > 0 || summary.command_failures.length > 0) return 'build_failed'
  return null
}

function reasonOfStatus(code: number, {phases}: LogSummary): VerdictCode {
  if (code === EX_IOERR) return 'package_resolution_failed'
  if (code === EX_SOFTWARE) return 'destination_rejected'
  const testing = phases.some(({phase}) => phase === 'test')
  return testing && code !== EX_NOINPUT ? 'tests_failed' : 'build_failed'
}
