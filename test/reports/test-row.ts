import type {TestRow} from '../../src/reports/findings.ts'

/** A test that passed, by its identifier and what else a test wants of it. */
export function testRow(id: string, fields: Partial<TestRow> = {}): TestRow {
  const parts = id.split('/')
  return {
    test: {
      id,
      target: parts[0] ?? null,
      suite: parts.slice(1, -1).join('/') || null,
      name: parts.at(-1) ?? id,
      framework: 'xctest',
      display_name: null,
    },
    arguments: null,
    device: null,
    configuration: null,
    outcome: 'passed',
    seconds: 0.01,
    failures: [],
    reason: null,
    crashed: false,
    timed_out: false,
    tags: [],
    repetitions: [],
    ...fields,
  }
}
