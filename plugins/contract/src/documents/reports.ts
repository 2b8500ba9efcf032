import {z} from 'zod'
import {count, flag, names, ordinal, relativePath, seconds, text, timestamp} from './fields.ts'
import {diagnosticFields, failedCommand, failurePlace, packageItem, phaseName, testIdentity} from './event-payloads.ts'
import {jobScope} from './header.ts'

/** Where the numbers come from: the result bundle has the last word, the log is what remains without one. */
const source = z.enum(['result_bundle', 'log', 'none'])

/** Where bundle and log told different stories. */
const difference = z.strictObject({field: text, result_bundle: z.unknown(), log: z.unknown()})

/** One distinct finding: how often it was reported, and by which targets. */
const {target: _target, ...place} = diagnosticFields
const diagnostic = z.strictObject({...place, targets: names, count: ordinal})

export const buildSummary = jobScope('build_summary', {
  outcome: z.enum(['succeeded', 'failed', 'interrupted', 'not_run', 'unknown']),
  source,
  errors: count,
  warnings: count,
  notes: count,
  diagnostics: z.array(diagnostic),
  /** More were seen than are listed. */
  truncated: flag,
  /** Why it failed, where no `error:` says so: undefined symbols, signing. */
  unmarked_failures: names,
  failed_commands: z.array(failedCommand),
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

const testOutcome = z.enum(['passed', 'failed', 'skipped', 'expected_failure', 'unknown'])

export const testSummary = jobScope('test_summary', {
  outcome: z.enum(['passed', 'failed', 'interrupted', 'not_run', 'unknown']),
  source,
  /** Distinct tests; the four that follow add up to it, with those whose end nobody knows. */
  total: count,
  passed: count,
  failed: count,
  skipped: count,
  expected_failures: count,
  /** Of the failed ones. */
  crashed: count,
  /** Failed first, passed on a repetition; among the passed. */
  retried: count,
  /** How often the test runner came back after it had died. */
  restarts: count,
  started_at: timestamp.nullable(),
  seconds: seconds.nullable(),
  devices: z.array(z.strictObject({name: text, platform: text.nullable(), os_version: text.nullable(), architecture: text.nullable()})),
  /** One row per test, device, configuration and argument. */
  tests: z.array(
    z.strictObject({
      test: testIdentity,
      arguments: text.nullable(),
      device: text.nullable(),
      configuration: text.nullable(),
      outcome: testOutcome,
      seconds: seconds.nullable(),
      failures: z.array(failurePlace),
      /** Why it was skipped or its failure was expected. */
      reason: text.nullable(),
      crashed: flag,
      timed_out: flag,
      tags: names,
      /** Empty when it ran once. */
      repetitions: z.array(
        z.strictObject({iteration: ordinal, outcome: testOutcome, seconds: seconds.nullable(), failures: z.array(failurePlace)}),
      ),
    }),
  ),
  truncated: flag,
  differences: z.array(difference),
  /** What performance tests measured, a row per test, run and metric; left out where nothing was. */
  performance: z.exactOptional(
    z.array(
      z.strictObject({
        test: text,
        device: text.nullable(),
        configuration: text.nullable(),
        metric: text,
        identifier: text.nullable(),
        unit: text.nullable(),
        measurements: z.array(z.number()),
        baseline: z.number().nullable(),
        polarity: text.nullable(),
      }),
    ),
  ),
  /** What Xcode itself says of the run, in its words; left out where it says nothing. */
  insights: z.exactOptional(
    z.array(
      z.strictObject({
        kind: z.enum(['common_failure', 'failure_distribution', 'longest_tests']),
        title: text,
        impact: text.nullable(),
        target: text.nullable(),
        device: text.nullable(),
        tests: names,
      }),
    ),
  ),
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
