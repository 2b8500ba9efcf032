import {z} from 'zod'
import {count, flag, ordinal, relativePath, seconds, text} from './fields.ts'
import {diagnosticFields, failurePlace, packageItem, phaseName, testIdentity} from './event-payloads.ts'
import {jobScope} from './header.ts'

/** Where the numbers come from: the result bundle has the last word, the log is what remains without one. */
const source = z.enum(['result_bundle', 'log', 'none'])

/** Where bundle and log told different stories. */
const difference = z.strictObject({field: text, result_bundle: z.unknown(), log: z.unknown()})

export const buildSummary = jobScope('build_summary', {
  outcome: z.enum(['succeeded', 'failed', 'interrupted', 'not_run', 'unknown']),
  source,
  errors: count,
  warnings: count,
  notes: count,
  diagnostics: z.array(z.strictObject(diagnosticFields)),
  /** More were seen than are listed. */
  truncated: flag,
  targets: z.array(z.strictObject({target: text, project: text.nullable()})),
  phases: z.array(
    z.strictObject({
      phase: phaseName,
      outcome: z.enum(['succeeded', 'failed', 'interrupted', 'unknown']),
      seconds: seconds.nullable(),
    }),
  ),
  packages: z.array(packageItem),
  differences: z.array(difference),
})

export const testSummary = jobScope('test_summary', {
  outcome: z.enum(['passed', 'failed', 'interrupted', 'not_run', 'unknown']),
  source,
  total: count,
  passed: count,
  failed: count,
  skipped: count,
  expected_failures: count,
  seconds: seconds.nullable(),
  tests: z.array(
    z.strictObject({
      test: testIdentity,
      iteration: ordinal,
      device: text.nullable(),
      outcome: z.enum(['passed', 'failed', 'skipped', 'expected_failure', 'unknown']),
      seconds: seconds.nullable(),
      failures: z.array(failurePlace),
      reason: text.nullable(),
      crashed: flag,
      timed_out: flag,
    }),
  ),
  truncated: flag,
  differences: z.array(difference),
})

/** Findings in the form that code-review tools show beside lines. */
export const annotations = jobScope('annotations', {
  annotations: z.array(
    z.strictObject({
      level: z.enum(['failure', 'warning', 'notice']),
      path: relativePath.nullable(),
      line: ordinal.nullable(),
      column: ordinal.nullable(),
      title: text,
      message: text,
    }),
  ),
})
