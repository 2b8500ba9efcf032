/**
 * What an interpreter or the harness says happened, without the header that the event stream adds (`timestamp`, `sequence`, ids).
 * Durations are seconds; files are relative to the source root where they lie inside it; lines and columns count from 1.
 */
export interface TestIdentity {
  /** The form that `-only-testing:` takes: `Target/Class/method`; the target is left out only when no line named it. */
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
}

export interface TestCase {
  readonly test: TestIdentity
  /** Which repetition, from 1. */
  readonly iteration: number
  /** The destination or clone that ran it, as printed. */
  readonly device: string | null
}

export type InterpreterEvent =
  | {readonly type: 'phase_started'; readonly phase: Phase}
  | {
      readonly type: 'phase_completed'
      readonly phase: Phase
      readonly outcome: 'succeeded' | 'failed' | 'interrupted'
      readonly seconds: number | null
    }
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
      readonly packages: readonly {name: string; url: string | null; version: string | null}[]
    }
  | {readonly type: 'progress'; readonly phase: Phase; readonly done: number; readonly total: number | null; readonly item: string | null}
  | {readonly type: 'warning'; readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>>}

export type Phase = 'materialise' | 'prepare' | 'collect' | 'resolve_packages' | 'build' | 'test' | 'clean' | 'archive' | 'analyze' | 'install' | 'export'

export interface DiagnosticEvent {
  readonly type: 'diagnostic'
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly category:
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
  readonly code: string | null
  readonly target: string | null
}

/** Reads raw output as it comes; chunk boundaries may stand anywhere. */
export interface Interpreter {
  push(bytes: Uint8Array): readonly InterpreterEvent[]
  /** The events that only the end can tell, then the verdicts. Call once. */
  end(): readonly InterpreterEvent[]
}
