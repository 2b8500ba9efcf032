import type {AbsoluteRow, BenchRow} from './row.ts'
import type {Tool} from './tools.ts'

/** Rows that are measured together. */
export interface Suite {
  readonly name: string
  readonly title: string
  readonly needs: readonly Tool[]
  rows(pairs: number): Promise<readonly (BenchRow | AbsoluteRow)[]>
}

/** Everything that can be measured, in the order of the page. Each suite is loaded when it is run. */
export const SUITES: readonly Suite[] = [
  {
    name: 'startup',
    title: 'Starting',
    needs: [],
    rows: async (pairs) => (await import('./startup.ts')).startupRows(pairs),
  },
  {
    name: 'classify',
    title: 'The gate, in process',
    needs: [],
    rows: async () => [(await import('./classify.ts')).classifyRow()],
  },
  {
    name: 'harness',
    title: 'Starting the harness',
    needs: [],
    rows: async (pairs) => (await import('./harness.ts')).harnessRows(pairs),
  },
  {
    name: 'validate',
    title: 'Checking a set again',
    needs: [],
    rows: async (pairs) => [await (await import('./validate.ts')).validateRow(pairs)],
  },
  {
    name: 'run',
    title: 'A whole run',
    needs: ['sshd', 'ssh'],
    rows: async (pairs) => (await import('./run.ts')).runRows(pairs),
  },
  {
    name: 'log-stream',
    title: 'Streaming a log',
    needs: ['sshd', 'ssh'],
    rows: async (pairs) => (await import('./log-stream.ts')).logStreamRows(pairs),
  },
  {
    name: 'fetch',
    title: 'Fetching a result',
    needs: ['sshd', 'ssh', 'rsync'],
    rows: async (pairs) => (await import('./fetch.ts')).fetchRows(pairs),
  },
  {
    name: 'list',
    title: 'Listing the past',
    needs: [],
    rows: async (pairs) => (await import('./list.ts')).listRows(pairs),
  },
  {
    name: 'snapshot',
    title: 'Taking a snapshot',
    needs: ['git', 'sha256sum'],
    rows: async (pairs) => (await import('./snapshot.ts')).snapshotRows(pairs),
  },
  {
    name: 'staging',
    title: 'Staging',
    needs: ['sshd', 'ssh', 'rsync'],
    rows: async (pairs) => (await import('./staging.ts')).stagingRows('small files', pairs),
  },
  {
    name: 'staging-large',
    title: 'Staging a large file',
    needs: ['sshd', 'ssh', 'rsync'],
    rows: async (pairs) => (await import('./staging.ts')).stagingRows('one large file', pairs),
  },
  {
    name: 'staging-far',
    title: 'Staging over a long way',
    needs: ['sshd', 'ssh', 'rsync'],
    rows: async (pairs) => (await import('./staging.ts')).stagingRows('small files, 50 ms', pairs),
  },
  {
    name: 'staging-memory',
    title: 'Memory while staging',
    needs: ['sshd', 'ssh'],
    rows: async () => (await import('./staging-memory.ts')).stagingMemoryRows(),
  },
  {
    name: 'interpreter',
    title: 'Reading a log',
    needs: ['gawk'],
    rows: async (pairs) => (await import('./interpreter.ts')).interpreterRows(pairs),
  },
  {
    name: 'report',
    title: 'Reporting on a large suite',
    needs: [],
    rows: async (pairs) => (await import('./report.ts')).reportRows(pairs),
  },
]
