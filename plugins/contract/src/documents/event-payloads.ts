import {z} from 'zod'
import {count, flag, ordinal, record, seconds, text} from './fields.ts'

/** What an interpreter says; the types of `../events/payloads.ts`, checked. */

export const phaseName = z.enum([
  'materialise',
  'prepare',
  'collect',
  'resolve_packages',
  'build',
  'test',
  'clean',
  'archive',
  'analyze',
  'install',
  'export',
])

export const testIdentity = z.strictObject({
  id: text,
  target: text.nullable(),
  suite: text.nullable(),
  name: text,
  framework: z.enum(['xctest', 'swift-testing']),
  display_name: text.nullable(),
})

export const failurePlace = z.strictObject({
  message: text,
  file: text.nullable(),
  line: count.nullable(),
  column: count.nullable(),
  details: z.array(text),
})

export const failedCommand = z.strictObject({command: text, text, target: text.nullable(), project: text.nullable()})

export const suiteTotals = z.strictObject({executed: count, failures: count, unexpected: count, skipped: count})

export const packageItem = z.strictObject({name: text, url: text.nullable(), version: text.nullable()})

export const diagnosticFields = {
  severity: z.enum(['error', 'warning', 'note']),
  message: text,
  file: text.nullable(),
  line: count.nullable(),
  column: count.nullable(),
  category: z.enum([
    'compiler',
    'linker',
    'script',
    'signing',
    'package',
    'destination',
    'usage',
    'project',
    'resource',
    'tool',
    'runtime',
  ]),
  code: text.nullable(),
  target: text.nullable(),
  details: z.array(text),
}

const target = {target: text, project: text.nullable()}
const suite = {suite: text, target: text.nullable(), device: text.nullable()}
const testCase = {test: testIdentity, iteration: ordinal, device: text.nullable()}

/** Fields by type, without the header. */
export const INTERPRETER_EVENTS = {
  phase_started: {phase: phaseName},
  phase_completed: {
    phase: phaseName,
    outcome: z.enum(['succeeded', 'failed', 'interrupted']),
    seconds: seconds.nullable(),
    verdict: text.nullable(),
    failing_tests: z.array(text).nullable(),
    failed_commands: z.array(failedCommand),
  },
  target_started: target,
  target_completed: target,
  diagnostic: {...diagnosticFields, text},
  test_suite_started: suite,
  test_suite_completed: {
    ...suite,
    outcome: z.enum(['passed', 'failed', 'unknown']),
    seconds: seconds.nullable(),
    totals: suiteTotals.nullable(),
  },
  test_case_started: testCase,
  test_case_passed: {...testCase, seconds: seconds.nullable(), expected_failures: z.array(failurePlace), orphan: flag},
  test_case_failed: {
    ...testCase,
    seconds: seconds.nullable(),
    failures: z.array(failurePlace),
    crashed: flag,
    timed_out: flag,
    orphan: flag,
  },
  test_case_skipped: {...testCase, seconds: seconds.nullable(), reason: text.nullable(), orphan: flag},
  package_resolution: {state: z.enum(['started', 'resolved', 'failed']), packages: z.array(packageItem)},
  progress: {phase: phaseName, done: count, total: count.nullable(), item: text.nullable()},
  warning: {code: text, message: text, data: record},
} as const
