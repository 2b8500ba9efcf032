import type {BuildIssue} from '../build/issue.ts'
import type {TestOutcome, TestRecord} from '../tests/test-record.ts'

/** One run of a test, as the bundle keeps it. */
export interface StoredRun {
  readonly result: TestOutcome['result']
  readonly durationMs: number
  readonly issues: TestOutcome['issues']
  readonly skipReason: string | undefined
  readonly crash: string | undefined
}

export interface StoredTest {
  readonly test: Omit<TestRecord, 'outcome' | 'arguments'>
  readonly kind: 'unit-test' | 'ui-test'
  /** The project, for identifier URLs. */
  readonly project: string
  /** Index into `devices`. */
  readonly device: number
  readonly result: TestOutcome['result']
  readonly runs: readonly StoredRun[]
  readonly arguments: readonly {readonly values: string; readonly run: StoredRun}[]
  readonly notEvaluated: number
  /** Names of the files that the test left. */
  readonly attachments?: readonly string[]
}

/** What was run of one target. */
export interface StoredCoverage {
  readonly name: string
  readonly product: string
  readonly files: readonly {
    readonly path: string
    readonly functions: readonly {readonly name: string; readonly line: number; readonly lines: number; readonly runs: number}[]
  }[]
}

export interface StoredDevice {
  readonly architecture: string
  readonly deviceId: string
  readonly deviceName: string
  readonly modelName: string
  readonly osBuildNumber: string
  readonly osVersion: string
  readonly platform: string
}

/** Everything a mock result bundle holds. */
export interface BundleData {
  readonly mock: true
  readonly version: 1
  readonly scheme: string
  readonly actionTitle: string
  readonly startedAt: number
  readonly finishedAt: number
  readonly status: 'succeeded' | 'failed' | 'interrupted'
  readonly testPlan: string
  readonly configuration: string
  readonly devices: readonly StoredDevice[]
  readonly issues: readonly BuildIssue[]
  /** Undefined when no test action ran. */
  readonly tests: readonly StoredTest[] | undefined
  /** Undefined when none was asked for. */
  readonly coverage?: readonly StoredCoverage[]
  readonly steps: readonly string[]
  readonly console: string
}
