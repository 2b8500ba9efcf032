import type {HtmlLog} from './model.ts'

/** A row of the log as it is shown: a line, or a note on lines that were left out. */
export interface LogRow {
  /** Of a gap the first line that is missing. */
  readonly line: number
  readonly text: string
  /** So many lines are missing; 0 for a line. */
  readonly missing: number
}

/** The rows of a log, and where a line is among them. */
export interface LogRows {
  readonly rows: readonly LogRow[]
  /** Index of a line's row; of the gap that swallowed it; null outside of the log. */
  find(line: number): number | null
}

export function logRows(log: Pick<HtmlLog, 'pieces' | 'lines'>): LogRows {
  const rows: LogRow[] = []
  let next = 1
  const gapTo = (line: number): void => {
    if (line > next) rows.push({line: next, text: '', missing: line - next})
    next = Math.max(next, line)
  }
  for (const {from, text} of log.pieces) {
    gapTo(from)
    for (const line of text.split('\n')) {
      rows.push({line: next, text: line, missing: 0})
      next += 1
    }
  }
  gapTo(log.lines + 1)
  return {
    rows,
    find(line) {
      if (line < 1 || line > log.lines) return null
      let [low, high] = [0, rows.length - 1]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((rows[middle]?.line ?? 0) <= line) low = middle
        else high = middle - 1
      }
      return rows.length === 0 ? null : low
    },
  }
}

/** Rows whose text holds what is looked for, at most `limit`. */
export function findRows(rows: readonly LogRow[], wanted: string, limit: number): number[] {
  const needle = wanted.toLowerCase()
  const found: number[] = []
  if (needle === '') return found
  for (let index = 0; index < rows.length && found.length < limit; index++)
    if (rows[index]?.text.toLowerCase().includes(needle) === true) found.push(index)
  return found
}
