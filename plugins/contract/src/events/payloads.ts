/**
 * What an interpreter or the harness says happened, without the header that the event stream adds (`timestamp`, `sequence`, ids).
 * Durations are seconds; files are relative to the source root where they lie inside it; lines and columns count from 1.
 */
export interface TestIdentity {
  /** The form that `-only-testing:` takes: `Target/Class/method` (XCTest), `Target/Suite/func()` (Swift Testing); the target is left out
   * only when no line named it. */
  readonly id: string
  readonly target: string | null
  readonly suite: string | null
  readonly name: string
  readonly framework: 'xctest' | 'swift-testing'
  /** Swift Testing's display name, where it differs from the function. */
  readonly display_name: string | null
}

export interface FailurePlace {
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  /** Lines printed right after the message that belong to it: the rest of a long message, comments, differences. */
  readonly details: readonly string[]
}

export interface TestCase {
  readonly test: TestIdentity
  /** Which repetition, from 1. */
  readonly iteration: number
  /** The destination or clone that ran it, as printed. */
  readonly device: string | null
}

/** The `Executed …` line of a suite. */
export interface SuiteTotals {
  readonly executed: number
  readonly failures: number
  readonly unexpected: number
  readonly skipped: number
}

/** One entry of "The following build commands failed". */
export interface FailedCommand {
  /** The verb: `CompileC`, `Ld`, `PhaseScriptExecution`, … */
  readonly command: string
  readonly text: string
  readonly target: string | null
  readonly project: string | null
}

export type InterpreterEvent =
  | {readonly type: 'phase_started'; readonly phase: Phase}
  | PhaseCompletedEvent
  | {readonly type: 'target_started'; readonly target: string; readonly project: string | null}
  | {readonly type: 'target_completed'; readonly target: string; readonly project: string | null}
  | DiagnosticEvent
  | {readonly type: 'test_suite_started'; readonly suite: string; readonly target: string | null; readonly device: string | null}
  | {
      readonly type: 'test_suite_completed'
      readonly suite: string
      readonly target: string | null
      readonly device: string | null
      readonly outcome: 'passed' | 'failed' | 'unknown'
      readonly seconds: number | null
      readonly totals: SuiteTotals | null
    }
  | (TestCase & {readonly type: 'test_case_started'})
  | (TestCase & {
      readonly type: 'test_case_passed'
      readonly seconds: number | null
      readonly expected_failures: readonly FailurePlace[]
      readonly orphan: boolean
    })
  | (TestCase & {
      readonly type: 'test_case_failed'
      readonly seconds: number | null
      readonly failures: readonly FailurePlace[]
      readonly crashed: boolean
      readonly timed_out: boolean
      /** No line said that it started. */
      readonly orphan: boolean
    })
  | (TestCase & {
      readonly type: 'test_case_skipped'
      readonly seconds: number | null
      readonly reason: string | null
      readonly orphan: boolean
    })
  | {
      readonly type: 'package_resolution'
      readonly state: 'started' | 'resolved' | 'failed'
      readonly packages: readonly {readonly name: string; readonly url: string | null; readonly version: string | null}[]
    }
  | {
      readonly type: 'progress'
      readonly phase: Phase
      readonly done: number
      readonly total: number | null
      readonly item: string | null
    }
  | {
      readonly type: 'warning'
      readonly code: InterpreterWarningCode | (string & {})
      readonly message: string
      readonly data: Readonly<Record<string, unknown>>
    }

/**
 * What an interpreter's `warning` may say, with its `data`:
 * - `test_runner_restarted {after: test id|null, printed: name|null}`
 * - `command_failed {command, target}`
 * - `test_unfinished {test: id}`
 * - `verdict_in_test_output {text}`
 * - `line_truncated {limit}`
 * - `unmarked_failure {category, details[], test?: name|null}`: a reason of a failure that carries no `error:`, such as undefined symbols,
 *   signing, or why a test session ended.
 */
export type InterpreterWarningCode =
  | 'test_runner_restarted'
  | 'command_failed'
  | 'test_unfinished'
  | 'verdict_in_test_output'
  | 'line_truncated'
  | 'unmarked_failure'

/** The harness's own: `materialise`, `prepare`, `collect`; the others are what a log tells. */
export type Phase =
  | 'materialise'
  | 'prepare'
  | 'collect'
  | 'resolve_packages'
  | 'build'
  | 'test'
  | 'clean'
  | 'archive'
  | 'analyze'
  | 'install'
  | 'export'

export interface PhaseCompletedEvent {
  readonly type: 'phase_completed'
  readonly phase: Phase
  readonly outcome: 'succeeded' | 'failed' | 'interrupted'
  readonly seconds: number | null
  /** The line that said so, `** TEST FAILED **`; null when it follows from something else (tests began, so the build had ended). */
  readonly verdict: string | null
  /** Names as "Failing tests:" prints them; null when there was no such list. */
  readonly failing_tests: readonly string[] | null
  readonly failed_commands: readonly FailedCommand[]
}

export type DiagnosticCategory =
  | 'compiler'
  | 'linker'
  | 'script'
  | 'signing'
  | 'package'
  | 'destination'
  | 'usage'
  | 'project'
  | 'resource'
  | 'tool'
  | 'runtime'

export interface DiagnosticEvent {
  readonly type: 'diagnostic'
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly category: DiagnosticCategory
  /** `-Wunused-variable`, `force_try`: the switch or rule named at the end of the message. */
  readonly code: string | null
  readonly target: string | null
  /** The line as printed, decorations removed: two diagnostics with the same text are one. */
  readonly text: string
  /** What belongs to it: source line and caret, the linker's symbols, indented reasons. */
  readonly details: readonly string[]
}

/** Reads raw output as it comes; chunk boundaries may stand anywhere. */
export interface Interpreter {
  push(bytes: Uint8Array): readonly InterpreterEvent[]
  /** The events that only the end can tell, then the verdicts. Call once. */
  end(): readonly InterpreterEvent[]
}

/** A failure as a report shows it: one per test, all its failures. */
export interface FailedTest {
  readonly id: string
  /** As Xcode names it: `Class.method()` in "Failing tests:", else as its own line does. */
  readonly name: string
  readonly test: TestIdentity
  readonly failures: readonly FailurePlace[]
  readonly crashed: boolean
  readonly timed_out: boolean
  readonly seconds: number | null
  readonly iteration: number
  readonly device: string | null
}

/** One distinct diagnostic and where it was printed. */
export interface SummaryDiagnostic extends Omit<DiagnosticEvent, 'type' | 'target'> {
  readonly count: number
  readonly targets: readonly string[]
}

/** What a log says in numbers. Made from events alone, so every report agrees. */
export interface LogSummary {
  /** Distinct diagnostics of that severity. */
  readonly errors: number
  readonly warnings: number
  /** Lines, repeats counted. */
  readonly error_lines: number
  readonly warning_lines: number
  readonly error_messages: readonly string[]
  readonly diagnostics: readonly SummaryDiagnostic[]
  readonly tests: {
    /** Results printed as passed, repeats counted. */
    readonly passed: number
    readonly passed_distinct: number
    /** Distinct tests; crashed ones among them. */
    readonly failed: number
    readonly skipped: number
    readonly crashed: number
    /** Passed results that hold only expected failures or known issues; they count as passed, too. */
    readonly expected_failures: number
    /** Tests that failed first and passed on a repetition; not among the failed. */
    readonly retried: number
    /** Started, and nothing said how they ended. */
    readonly unfinished: number
    readonly failed_tests: readonly FailedTest[]
    readonly retried_tests: readonly FailedTest[]
    readonly slowest: readonly {readonly id: string; readonly seconds: number}[]
  }
  /** The `** … **` lines, in order. */
  readonly verdicts: readonly string[]
  readonly phases: readonly {
    readonly phase: Phase
    readonly outcome: 'succeeded' | 'failed' | 'interrupted' | 'unknown'
    readonly seconds: number | null
  }[]
  readonly restarts: number
  /** Entries of the lists that xcodebuild prints; the scheme's own entry counts as it does there. */
  readonly failed_commands: number
  readonly failed_command_list: readonly FailedCommand[]
  /** Distinct verbs of commands that failed. */
  readonly command_failures: readonly string[]
  /** The sum of the outermost `Executed …` lines. */
  readonly executed: SuiteTotals | null
  /** Reasons of a failure that carry no `error:`. */
  readonly unmarked_failures: readonly string[]
  readonly packages: readonly {readonly name: string; readonly url: string | null; readonly version: string | null}[]
  readonly package_resolution: 'none' | 'started' | 'resolved' | 'failed'
}
