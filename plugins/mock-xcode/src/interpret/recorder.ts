import type {TestIssue, TestOutcome} from '../tests/test-record.ts'
import type {Value} from './value.ts'

/** Ends a test: an error that nothing caught. */
export class Thrown extends Error {
  readonly value: Value
  readonly line: number
  readonly column: number

  constructor(value: Value, line: number, column: number) {
    super('thrown by the test')
    this.value = value
    this.line = line
    this.column = column
  }
}

export class Skipped extends Error {
  readonly reason: string
  readonly line: number

  constructor(reason: string, line: number) {
    super('skipped by the test')
    this.reason = reason
    this.line = line
  }
}

export class Crashed extends Error {}

/** Nothing that comes after is certain; the rest of the test is not evaluated. */
export class Uncertain extends Error {}

interface Expectation {
  readonly reason: string
  readonly strict: boolean
  matched: boolean
  readonly line: number
}

/** Collects what one run of a test shows. */
export class Recorder {
  readonly file: string
  readonly printed: string[] = []
  notEvaluated = 0
  private readonly issues: TestIssue[] = []
  private readonly expectations: Expectation[] = []

  constructor(file: string) {
    this.file = file
  }

  issue(message: string, line: number, column: number, comments: readonly string[] = []): void {
    const expectation = this.expectations.at(-1)
    if (expectation !== undefined) expectation.matched = true
    this.issues.push({message, file: this.file, line, column, comments, expected: expectation?.reason})
  }

  expectFailure(reason: string, line: number, strict: boolean): void {
    this.expectations.push({reason, strict, matched: false, line})
  }

  /** Ends the innermost expectation; a strict one that met no failure is a failure itself. */
  endExpectation(message: (reason: string) => string): void {
    const expectation = this.expectations.pop()
    if (expectation?.strict === true && !expectation.matched && this.notEvaluated === 0)
      this.issue(message(expectation.reason), expectation.line, 1)
  }

  get expecting(): boolean {
    return this.expectations.length > 0
  }

  outcome(skip?: {readonly reason: string; readonly line: number}, crash?: string): TestOutcome {
    const failed = this.issues.some(({expected}) => expected === undefined)
    const result =
      crash !== undefined
        ? 'crashed'
        : failed
          ? 'failed'
          : skip !== undefined
            ? 'skipped'
            : this.issues.length > 0
              ? 'expected-failure'
              : 'passed'
    return {result, issues: this.issues, skip, crash, printed: this.printed, notEvaluated: this.notEvaluated}
  }
}
