/** A failed check, or a thrown error. Lines and columns count from 1. */
export interface TestIssue {
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** What the author said about it; shown on lines of their own by Swift Testing. */
  readonly comments: readonly string[]
  /** Recorded inside `XCTExpectFailure` or `withKnownIssue`; its reason. */
  readonly expected: string | undefined
}

export interface TestOutcome {
  readonly result: 'passed' | 'failed' | 'skipped' | 'expected-failure' | 'crashed'
  readonly issues: readonly TestIssue[]
  readonly skip: {readonly reason: string; readonly line: number} | undefined
  readonly crash: string | undefined
  /** Lines of `print`. */
  readonly printed: readonly string[]
  /** Checks whose operands could not be worked out; they count as passed. */
  readonly notEvaluated: number
}

export interface TestArguments {
  /** `name → value, …`, as the log shows it. */
  readonly labelled: string
  /** The value, or a tuple of them, as result bundles show it. */
  readonly values: string
  readonly count: number
  readonly outcome: TestOutcome
}

export interface TestRecord {
  readonly framework: 'xctest' | 'swift-testing'
  /** The bundle. */
  readonly target: string
  readonly module: string
  /** Nested type names; empty for a free `@Test` function. */
  readonly suite: readonly string[]
  /** Display names of the suites, where they have one. */
  readonly suiteDisplays: readonly (string | null)[]
  /** With parentheses and labels: `testA()`, `adds(a:b:)`. */
  readonly name: string
  readonly display: string | undefined
  readonly file: string
  readonly line: number
  readonly column: number
  readonly tags: readonly string[]
  readonly measures: boolean
  readonly outcome: TestOutcome
  /** Of a parameterised test. */
  readonly arguments: readonly TestArguments[]
}

/** `Suite/name`, the form of `-only-testing` without the bundle and of result bundles. */
export function testPath({suite, name}: Pick<TestRecord, 'suite' | 'name'>): string {
  return [...suite, name].join('/')
}

/** One try of one test on one destination. */
export interface TestRun {
  readonly outcome: TestOutcome
  readonly durationMs: number
}
