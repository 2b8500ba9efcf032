import type {FailurePlace} from '@rch/contract/events'
import type {TestRow} from '../../../reports/findings.ts'
import type {BundleFacts} from './bundle-facts.ts'
import {leadingTo, parseActivities, type BundleActivities} from './parse-activities.ts'
import {parseInsights} from './parse-insights.ts'
import {parseMetrics} from './parse-metrics.ts'
import {parseTestDetails} from './parse-test-details.ts'

/** Asks one question of the bundle; null where the tool cannot answer it, or answers what nobody understands. */
export type Ask = <T>(words: readonly string[], parse: (value: unknown) => T) => Promise<T | null>

/** Each answer takes the tool its time, and nobody reads the steps of the sixth failure. */
const MOST_ASKED = 5
const MOST_STEPS = 5
/** Begins a detail that is a step before the failure, not a part of its message. */
export const STEP = 'before: '

/**
 * Adds what only further questions tell: what a failed test did before it failed, the messages that the tree of tests leaves out, what was
 * measured, and what Xcode finds worth saying. Everything here is more than is needed: what cannot be told is left out.
 */
export async function enrichFacts(
  ask: Ask,
  facts: BundleFacts,
  options: {readonly identifiers: ReadonlyMap<string, string>; readonly rich: boolean},
): Promise<BundleFacts> {
  const {counts} = facts
  if (facts.rows === null || counts === null) return facts
  const rows = await withSteps(ask, facts.rows, options.identifiers)
  const performance = counts.measured === true || options.rich ? ((await ask(['get', 'test-results', 'metrics'], parseMetrics)) ?? []) : []
  const insights = (counts.insights ?? 0) > 0 || options.rich ? ((await ask(['get', 'test-results', 'insights'], parseInsights)) ?? []) : []
  return {...facts, rows, performance, insights}
}

async function withSteps(ask: Ask, rows: readonly TestRow[], identifiers: ReadonlyMap<string, string>): Promise<readonly TestRow[]> {
  const failed = [...new Set(rows.filter(({outcome}) => outcome === 'failed').map(({test}) => test.id))].slice(0, MOST_ASKED)
  let told = rows
  for (const id of failed) {
    const name = identifiers.get(id)
    if (name === undefined) continue
    if (told.some((row) => row.test.id === id && isSilent(row))) {
      const details = await ask(['get', 'test-results', 'test-details', '--test-id', name], parseTestDetails)
      if (details !== null) told = told.map((row) => (row.test.id === id && isSilent(row) ? withMessages(row, details.rows) : row))
    }
    const activities = await ask(['get', 'test-results', 'activities', '--test-id', name], parseActivities)
    if (activities !== null)
      told = told.map((row) => (row.test.id === id && row.outcome === 'failed' ? withActivities(row, activities) : row))
  }
  return told
}

function isSilent({outcome, failures}: TestRow): boolean {
  return outcome === 'failed' && failures.length === 0
}

function withMessages(row: TestRow, details: readonly TestRow[]): TestRow {
  const same = details.find((one) => isSameRun(row, one) && one.failures.length > 0)
  return same === undefined
    ? row
    : {...row, failures: same.failures, crashed: row.crashed || same.crashed, timed_out: row.timed_out || same.timed_out}
}

function isSameRun(row: TestRow, one: Pick<TestRow, 'device' | 'configuration' | 'arguments'>): boolean {
  const fits = (left: string | null, right: string | null): boolean => left === null || right === null || left === right
  return fits(row.device, one.device) && fits(row.configuration, one.configuration) && fits(row.arguments, one.arguments)
}

function withActivities(row: TestRow, {runs}: BundleActivities): TestRow {
  const run = runs.find((one) => isSameRun(row, one) && one.activities.some(({failed}) => failed))
  const steps = run === undefined ? [] : leadingTo(run.activities, MOST_STEPS)
  const [first, ...rest] = row.failures
  if (steps.length === 0 || first === undefined) return row
  const before: FailurePlace = {...first, details: [...first.details, ...steps.map((step) => `${STEP}${step}`)]}
  return {...row, failures: [before, ...rest]}
}
