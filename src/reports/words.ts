import type {VerdictCode} from '../domain/verdict.ts'
import type {FailedTestView, Findings, TestFindings} from './findings.ts'
import type {FailurePlace} from '@rch/contract/events'

/** `file:line:column`, as editors open it; null where no file is known. */
export function placeText({file, line, column}: Pick<FailurePlace, 'file' | 'line' | 'column'>): string | null {
  if (file === null) return null
  return `${file}${line === null ? '' : `:${line}`}${line === null || column === null ? '' : `:${column}`}`
}

/** The folder of a place, which matters less to the eye than its file. */
export function splitPlace(place: string): readonly [string, string] {
  const at = place.lastIndexOf('/') + 1
  return [place.slice(0, at), place.slice(at)]
}

/** A test as people and `-only-testing:` name it. */
export function testName({test}: Pick<FailedTestView, 'test'>): string {
  return test.display_name === null || test.display_name === test.name ? test.id : `${test.id} "${test.display_name}"`
}

/** What a failed test says where nothing printed a message. */
export function failureText(view: FailedTestView): string {
  const [first] = view.failures
  if (first !== undefined) return first.message
  if (view.crashed) return 'crashed: the test process ended before the test did'
  if (view.unfinished) return 'began and did not end'
  if (view.timed_out) return 'took longer than its time allowance'
  return 'failed; the log does not say why, the result bundle does'
}

const VERDICTS: Readonly<Record<VerdictCode, string>> = {
  build_failed: 'build failed',
  tests_failed: 'tests failed',
  package_resolution_failed: 'packages could not be resolved',
  destination_rejected: 'the destination was rejected',
  backend_interrupted: 'interrupted',
  insufficient_disk_space: 'a disk is full',
}

/** One line: how it ended and the numbers that matter for that. */
export function headline(findings: Findings, code: VerdictCode | null): string {
  const {build, tests} = findings
  const judged = code !== null ? VERDICTS[code] : outcomeText(findings)
  const counted = tests !== null && tests.total > 0
  // The numbers say it: no need to say it twice.
  const said = counted && (code === 'tests_failed' ? tests.failed > 0 : code === null && tests.outcome === 'passed')
  const parts = counted ? [testCounts(tests)] : []
  if (code === 'build_failed' && build.errors === 0)
    parts.push(
      ...failedCommands(build)
        .slice(0, 1)
        .map((command) => `${command.command} failed`),
    )
  if (build.errors > 0) parts.push(plural(build.errors, 'error'))
  if (build.warnings > 0) parts.push(plural(build.warnings, 'warning'))
  const seconds = tests?.seconds ?? build.phases.findLast(({phase}) => phase === 'build')?.seconds ?? null
  if (seconds !== null && seconds > 0) parts.push(duration(seconds))
  return said ? parts.join(', ') : parts.length === 0 ? judged : `${judged}: ${parts.join(', ')}`
}

/** The commands that failed, without the entry for the scheme as a whole: "Building project X with scheme Y". */
export function failedCommands({failed_commands}: Findings['build']): Findings['build']['failed_commands'] {
  const commands = failed_commands.filter(({command}) => !SCHEME_ENTRIES.has(command))
  return commands.length > 0 ? commands : failed_commands
}

const SCHEME_ENTRIES: ReadonlySet<string> = new Set(['Building', 'Archiving', 'Testing', 'Analyzing', 'Cleaning', 'Installing'])

/** A failed command in few words: `PhaseScriptExecution "Lint" failed (target App)`. */
export function commandText({command, text, target}: Findings['build']['failed_commands'][number]): string {
  const first = /^\S+ ((?:\\.|[^\s\\])+)/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? null
  const what =
    first === null
      ? ''
      : command === 'PhaseScriptExecution'
        ? ` "${first}"`
        : first.includes('/') || /^[\w.+-]+\.\w+$/.test(first)
          ? ` ${first}`
          : ''
  return `${command}${what} failed${target === null ? '' : ` (target ${target})`}`
}

function outcomeText({build, tests}: Findings): string {
  if (tests?.outcome === 'passed') return 'tests passed'
  if (tests !== null && tests.outcome !== 'not_run') return 'the log ends before the tests do'
  if (build.outcome === 'succeeded') return 'build succeeded'
  if (build.outcome === 'not_run') return 'no build and no tests in here'
  return 'the log ends without a verdict'
}

export function testCounts(tests: TestFindings): string {
  const {total, failed, passed, skipped, expected_failures, crashed, retried} = tests
  const parts =
    failed > 0
      ? [`${failed} of ${plural(total, 'test')} failed${crashed > 0 ? ` (${crashed} crashed)` : ''}`]
      : passed === 0 && skipped === total
        ? []
        : [`${plural(passed, 'test')} passed`]
  if (skipped > 0) parts.push(skipped === total ? `all ${plural(total, 'test')} skipped` : `${skipped} skipped`)
  if (expected_failures > 0) parts.push(plural(expected_failures, 'expected failure'))
  if (retried > 0) parts.push(`${retried} passed only on a retry`)
  return parts.join(', ')
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function duration(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
