/** A failure as a formatter tells it. */
export interface FormattedFailure {
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
}
