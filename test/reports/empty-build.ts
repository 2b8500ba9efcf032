import type {BuildFindings} from '../../src/reports/findings.ts'

/** What is found in a build that said nothing. */
export const EMPTY_BUILD: BuildFindings = {
  outcome: 'succeeded',
  source: 'log',
  errors: 0,
  warnings: 0,
  notes: 0,
  diagnostics: [],
  truncated: false,
  unmarked_failures: [],
  failed_commands: [],
  targets: [],
  phases: [],
  packages: [],
  differences: [],
}
