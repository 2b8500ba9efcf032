import type {OutcomeCounts} from '@rch/contract/documents'
import {unfinishedTests} from '../../reports/findings.ts'
import type {Outcome} from './outcome.ts'
import type {BackendReport} from './phases/backend.ts'

/** One sentence for people: what was done and how it ended. */
export function humanSummary(
  action: string,
  outcome: Outcome,
  counts: OutcomeCounts,
  report: Pick<BackendReport, 'summary' | 'findings'>,
): string {
  const {error} = outcome
  if (error === null)
    return action.startsWith('test')
      ? `${action} succeeded: ${testCounts(counts, report)}`
      : `${action} succeeded${counts.warnings > 0 ? ` with ${plural(counts.warnings, 'warning')}` : ''}`
  switch (error.code) {
    case 'tests_failed':
      return `${action} failed: ${counts.tests_failed > 0 ? testCounts(counts, report) : error.message}`
    case 'build_failed': {
      const [first] = report.summary?.error_messages ?? []
      if (counts.errors === 0 && first === undefined) return `${action} failed: ${error.message}`
      return `${action} failed: ${plural(counts.errors, 'error')}${first === undefined ? '' : `, first: ${first}`}`
    }
    default:
      return `${action} ${outcome.state === 'cancelled' ? 'was cancelled' : 'failed'}: ${error.message}${whatRan(report)}`
  }
}

/** The tests that had begun when the job was ended: the one that hangs is among them. */
function whatRan({findings}: Pick<BackendReport, 'findings'>): string {
  const open = unfinishedTests(findings?.tests ?? null).map(({test}) => test.id)
  if (open.length === 0) return ''
  const named = open.slice(0, MAX_NAMED).join(', ')
  return ` Still running: ${named}${open.length > MAX_NAMED ? ` and ${open.length - MAX_NAMED} more` : ''}.`
}

const MAX_NAMED = 3

function testCounts(counts: OutcomeCounts, {summary}: Pick<BackendReport, 'summary'>): string {
  const {crashed, retried} = summary?.tests ?? {crashed: 0, retried: 0}
  const parts = [`${counts.tests_passed} passed`, `${counts.tests_failed} failed${crashed > 0 ? ` (${crashed} crashed)` : ''}`]
  if (counts.tests_skipped > 0) parts.push(`${counts.tests_skipped} skipped`)
  if (counts.tests_expected_failures > 0) parts.push(plural(counts.tests_expected_failures, 'expected failure'))
  if (retried > 0) parts.push(`${retried} passed only on a retry`)
  return parts.join(', ')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
