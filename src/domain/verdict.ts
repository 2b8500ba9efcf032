import type {LogSummary, Phase} from '@rch/contract/events'

/** How xcodebuild ended. Both null: nobody knows (XcodeBuildMCP tells neither). */
export interface BackendExit {
  readonly code: number | null
  readonly signal: string | null
}

export type VerdictCode =
  | 'build_failed'
  | 'tests_failed'
  | 'package_resolution_failed'
  | 'destination_rejected'
  | 'backend_interrupted'
  | 'insufficient_disk_space'

export interface RunVerdict {
  /** Null is success. */
  readonly error_code: VerdictCode | null
  /**
   * The exit status says success and the log does not: a crashed test runner can end that way. The exit status stands; whoever reports the
   * run says so.
   */
  readonly contradicted_by: VerdictCode | null
}

/** How system calls, Cocoa, SQLite and Apple's linker say that a volume is full. */
const DISK_FULL = /\bno space left on device\b|\bvolume .{1,200} is out of space\b|\bdatabase or disk is full\b|\berrno ?= ?28\b/i
const EX_NOINPUT = 66
const EX_SOFTWARE = 70
const EX_IOERR = 74
const INTERRUPTED = 75

/**
 * What a run of xcodebuild amounts to. The exit status decides whether it failed, the log why: exit statuses are too coarse for that (65
 * is a failed build as well as a failed test). Without an exit status the log decides both.
 */
export function verdictOf(summary: LogSummary, exit: BackendExit): RunVerdict {
  if (exit.signal !== null) return failed('backend_interrupted')
  const told = saysDiskFull(summary, reasonIn(summary))
  if (exit.code === 0) return {error_code: null, contradicted_by: told}
  if (exit.code === null) return failed(told)
  if (exit.code === INTERRUPTED) return failed('backend_interrupted')
  return failed(told ?? saysDiskFull(summary, reasonOfStatus(exit.code, summary)))
}

/** A build that found no room on its disk says nothing about its source; a test that failed does, even then. */
function saysDiskFull({diagnostics, tests, unmarked_failures}: LogSummary, code: VerdictCode | null): VerdictCode | null {
  const untested = code === 'tests_failed' && tests.failed === 0
  if (code !== 'build_failed' && code !== 'package_resolution_failed' && !untested) return code
  const errors = diagnostics.filter(({severity}) => severity === 'error')
  const full = [...errors.flatMap(({message, details}) => [message, ...details]), ...unmarked_failures].some((text) => DISK_FULL.test(text))
  return full ? 'insufficient_disk_space' : code
}

function failed(code: VerdictCode | null): RunVerdict {
  return {error_code: code, contradicted_by: null}
}

function reasonIn(summary: LogSummary): VerdictCode | null {
  const {tests, phases, diagnostics} = summary
  // A script may run an xcodebuild of its own: the last word counts.
  const ended = (phase: Phase): string | undefined => phases.findLast((one) => one.phase === phase)?.outcome
  const broken = (['build', 'archive', 'analyze', 'install', 'clean', 'export'] as const).some((phase) => ended(phase) === 'failed')
  const said = (category: string): boolean => diagnostics.some((one) => one.severity === 'error' && one.category === category)
  if (summary.package_resolution === 'failed') return 'package_resolution_failed'
  if (phases.some(({outcome}) => outcome === 'interrupted')) return 'backend_interrupted'
  if (broken) return 'build_failed'
  if (tests.failed > 0 || ended('test') === 'failed') return 'tests_failed'
  if (said('destination')) return 'destination_rejected'
  if (phases.some(({outcome}) => outcome === 'succeeded') && summary.verdicts.length > 0) return null
  return summary.errors > 0 || summary.command_failures.length > 0 ? 'build_failed' : null
}

function reasonOfStatus(code: number, {phases}: LogSummary): VerdictCode {
  if (code === EX_IOERR) return 'package_resolution_failed'
  if (code === EX_SOFTWARE) return 'destination_rejected'
  const testing = phases.some(({phase}) => phase === 'test')
  return testing && code !== EX_NOINPUT ? 'tests_failed' : 'build_failed'
}
