import type {DiagnosticEvent} from '@rch/contract/events'
import type {TestFindings, TestRow} from '../../../reports/findings.ts'

/** What a result bundle says of the build. */
export interface BundleBuild {
  readonly outcome: 'succeeded' | 'failed' | 'interrupted' | 'unknown'
  readonly errors: number
  readonly warnings: number
  readonly issues: readonly BundleIssue[]
}

export interface BundleIssue {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** Absolute, as the worker has it. */
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly category: DiagnosticEvent['category']
  readonly target: string | null
}

/** What it says of the tests, in numbers. */
export interface BundleCounts {
  readonly result: 'passed' | 'failed' | 'unknown'
  readonly total: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly expected_failures: number
  readonly started_at: string | null
  readonly seconds: number | null
  readonly devices: TestFindings['devices']
  /** Whether the tool says that performance was measured. */
  readonly measured?: boolean
  /** How many insights the tool puts first. */
  readonly insights?: number
  readonly failures: readonly {readonly id: string; readonly message: string}[]
}

export interface BundleFacts {
  readonly build: BundleBuild | null
  readonly counts: BundleCounts | null
  readonly rows: readonly TestRow[] | null
  readonly performance?: NonNullable<TestFindings['performance']>
  readonly insights?: NonNullable<TestFindings['insights']>
}
