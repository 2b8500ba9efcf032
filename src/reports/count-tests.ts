import type {TestOutcome, TestRow} from './findings.ts'

export interface TestCounts {
  readonly total: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly expected_failures: number
  readonly crashed: number
  readonly retried: number
}

const WORST: readonly TestOutcome[] = ['failed', 'unknown', 'expected_failure', 'passed', 'skipped']

/** Distinct tests by their worst row: one that failed on one of two devices has failed. */
export function countTests(rows: readonly TestRow[]): TestCounts {
  const worst = new Map<string, {outcome: TestOutcome; crashed: boolean; retried: boolean}>()
  for (const row of rows) {
    const known = worst.get(row.test.id)
    const retried = row.outcome !== 'failed' && row.repetitions.some(({outcome}) => outcome === 'failed')
    if (known === undefined) worst.set(row.test.id, {outcome: row.outcome, crashed: row.crashed, retried})
    else {
      if (WORST.indexOf(row.outcome) < WORST.indexOf(known.outcome)) known.outcome = row.outcome
      known.crashed ||= row.crashed
      known.retried ||= retried
    }
  }
  const all = [...worst.values()]
  const having = (outcome: TestOutcome): number => all.filter((one) => one.outcome === outcome).length
  return {
    total: all.length,
    passed: having('passed'),
    failed: having('failed'),
    skipped: having('skipped'),
    expected_failures: having('expected_failure'),
    crashed: all.filter(({outcome, crashed}) => outcome === 'failed' && crashed).length,
    retried: all.filter(({outcome, retried}) => outcome !== 'failed' && retried).length,
  }
}
