import type {HtmlOutcome, HtmlTest} from './model.ts'
import {OUTCOMES} from './words.ts'

export type TestOrder = 'outcome' | 'name' | 'seconds' | 'device'

export interface TestQuery {
  /** Null for all. */
  readonly outcome: HtmlOutcome | 'retried' | null
  /** Words that must all be found, in any of a row's texts. */
  readonly search: string
  readonly order: TestOrder
  readonly descending: boolean
}

/** Indexes of the rows that a query asks for, in its order; equal rows keep theirs. */
export function selectTests(rows: readonly HtmlTest[], texts: readonly string[], query: TestQuery): number[] {
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const chosen: number[] = []
  for (const [index, row] of rows.entries()) {
    if (query.outcome === 'retried' ? row.retried !== true : query.outcome !== null && row.outcome !== query.outcome) continue
    const text = texts[index] ?? ''
    if (words.every((word) => text.includes(word))) chosen.push(index)
  }
  const compare = COMPARE[query.order]
  const sign = query.descending ? -1 : 1
  return chosen.toSorted((a, b) => {
    const [one, other] = [rows[a], rows[b]]
    return one === undefined || other === undefined ? 0 : sign * compare(one, other) || a - b
  })
}

/** What a search looks at in one row, in lower case. */
export function searchText(row: HtmlTest): string {
  const parts = [row.id, row.display, row.arguments, row.device, row.configuration, row.reason, ...(row.tags ?? [])]
  for (const {message, place} of row.failures ?? []) parts.push(message, place ?? '')
  return parts
    .filter((part) => part !== undefined && part !== '')
    .join('\n')
    .toLowerCase()
}

const collator = new Intl.Collator('en', {numeric: true})
const RANK = new Map(OUTCOMES.map((outcome, rank) => [outcome, rank]))

const COMPARE: Readonly<Record<TestOrder, (one: HtmlTest, other: HtmlTest) => number>> = {
  outcome: (one, other) => (RANK.get(one.outcome) ?? 0) - (RANK.get(other.outcome) ?? 0),
  name: (one, other) => collator.compare(one.id, other.id),
  seconds: (one, other) => (one.seconds ?? -1) - (other.seconds ?? -1),
  device: (one, other) => collator.compare(one.device ?? '', other.device ?? ''),
}
