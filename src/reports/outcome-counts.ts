import type {OutcomeCounts} from '@rch/contract/documents'
import type {Findings} from './findings.ts'

/** The counts of `summary.json` and `complete`: the same numbers that `build_summary.json` and `test_summary.json` hold. */
export function outcomeCounts({build, tests}: Findings): OutcomeCounts {
  return {
    errors: build.errors,
    warnings: build.warnings,
    tests_total: tests?.total ?? 0,
    tests_passed: tests?.passed ?? 0,
    tests_failed: tests?.failed ?? 0,
    tests_skipped: tests?.skipped ?? 0,
    tests_expected_failures: tests?.expected_failures ?? 0,
  }
}
