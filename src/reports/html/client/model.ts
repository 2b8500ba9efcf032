/** What a page shows: plain data, made where the record is read, embedded as JSON and drawn in the browser. */
export interface HtmlReport {
  readonly title: string
  readonly state: HtmlState
  /** One sentence: how it ended and the numbers that matter. */
  readonly headline: string
  /** RFC 3339; null for a log, which carries no date. */
  readonly finished_at: string | null
  readonly seconds: number | null
  readonly marks: readonly HtmlMark[]
  /** What ended it that no finding tells: a timeout, a refusal, a lost worker. */
  readonly troubles: readonly HtmlTrouble[]
  /** Null when no tests were asked for. */
  readonly tests: HtmlTests | null
  readonly build: HtmlBuild
  readonly phases: readonly HtmlPhase[]
  readonly logs: readonly HtmlLog[]
  readonly facts: readonly HtmlFacts[]
}

export type HtmlState = 'succeeded' | 'failed' | 'cancelled' | 'rejected' | 'unknown'

/** Something a reader must not miss: a mock toolchain, an untrusted posture, a signature. */
export interface HtmlMark {
  readonly text: string
  readonly tone: 'plain' | 'good' | 'caution' | 'bad'
  readonly detail: string
}

export interface HtmlTrouble {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export type HtmlOutcome = 'failed' | 'unknown' | 'expected_failure' | 'skipped' | 'passed'

export interface HtmlTests {
  readonly total: number
  readonly counts: Readonly<Record<HtmlOutcome, number>>
  readonly crashed: number
  readonly retried: number
  readonly rows: readonly HtmlTest[]
  /** More ran than there are rows. */
  readonly truncated: boolean
  readonly failed: readonly HtmlFailedTest[]
  /** Where result bundle and log told different stories. */
  readonly differences: readonly HtmlDifference[]
}

/** One row: a test on one device, with one set of arguments. */
export interface HtmlTest {
  readonly id: string
  readonly display?: string
  readonly arguments?: string
  readonly device?: string
  readonly configuration?: string
  readonly outcome: HtmlOutcome
  readonly seconds?: number
  readonly failures?: readonly HtmlFailure[]
  /** Why it was skipped or expected to fail. */
  readonly reason?: string
  readonly crashed?: true
  readonly timed_out?: true
  readonly retried?: true
  readonly tags?: readonly string[]
  readonly repetitions?: readonly HtmlRepetition[]
  readonly log?: HtmlLogPlace
}

export interface HtmlRepetition {
  readonly iteration: number
  readonly outcome: HtmlOutcome
  readonly seconds: number | null
  readonly failures: readonly HtmlFailure[]
}

export interface HtmlFailure {
  readonly message: string
  /** `file:line:column`. */
  readonly place: string | null
  readonly details: readonly string[]
}

/** A test that failed, all its rows together. */
export interface HtmlFailedTest {
  readonly id: string
  readonly display: string | null
  readonly devices: readonly string[]
  readonly arguments: readonly string[]
  readonly failures: readonly HtmlFailure[]
  readonly crashed: boolean
  readonly timed_out: boolean
  readonly seconds: number | null
  /** The command that runs just this test. */
  readonly again: string | null
  readonly log: HtmlLogPlace | null
}

export interface HtmlBuild {
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  readonly truncated: boolean
  readonly files: readonly HtmlFile[]
  /** Reasons that no diagnostic tells: linker lists, failed commands. */
  readonly reasons: readonly string[]
  readonly differences: readonly HtmlDifference[]
}

export interface HtmlFile {
  /** Null for what names no file. */
  readonly file: string | null
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  readonly items: readonly HtmlDiagnostic[]
}

export interface HtmlDiagnostic {
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  readonly line: number | null
  readonly column: number | null
  readonly category: string
  readonly code: string | null
  readonly targets: readonly string[]
  readonly details: readonly string[]
  readonly count: number
  readonly log: HtmlLogPlace | null
}

export interface HtmlDifference {
  readonly field: string
  readonly result_bundle: string
  readonly log: string
}

export interface HtmlPhase {
  readonly name: string
  /** The step it belongs to, where there are several. */
  readonly step: string | null
  readonly outcome: 'succeeded' | 'failed' | 'interrupted' | 'unknown'
  /** Seconds after the first one began; null where only the length is known, or nothing. */
  readonly start: number | null
  readonly seconds: number | null
}

export interface HtmlLog {
  /** The step, where there are several. */
  readonly label: string
  /** The artifact's name. */
  readonly name: string
  /** A relative address of the whole file; null when nobody can say where a reader has it. */
  readonly href: string | null
  readonly lines: number
  /** What is kept of it, in order; each piece is one text of whole lines. */
  readonly pieces: readonly {readonly from: number; readonly text: string}[]
  readonly marks: readonly {readonly line: number; readonly kind: 'error' | 'warning' | 'verdict'}[]
}

/** Index of the log, line from 1 on. */
export type HtmlLogPlace = readonly [log: number, line: number]

export interface HtmlFacts {
  readonly title: string
  readonly rows: readonly HtmlFact[]
}

export interface HtmlFact {
  readonly name: string
  readonly value: string
  /** An id, a digest, a path: monospaced, and worth copying. */
  readonly code?: true
}
