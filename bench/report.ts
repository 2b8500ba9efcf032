import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {documentHead, writeDocument, type Document, type DocumentName} from '@rch/contract/documents'
import {DOCUMENT_TABLE} from '@rch/contract/documents/table'
import {reportOn} from '../src/app/report/report.ts'
import {parseTests} from '../src/worker/results/bundle/parse-tests.ts'
import {compare, PAIRS} from './compare.ts'
import type {BenchRow} from './row.ts'
import {EMPTY_BUILD} from '../test/reports/empty-build.ts'

const TESTS = 20_000

/**
 * A result bundle of 20,000 tests read, and its sealed set reported on. The other side only parses the same JSON with `JSON.parse`: nobody
 * can read it faster, and everything beyond that is our own doing.
 */
export async function reportRows(pairs = PAIRS): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-report-')))
  try {
    const answer = JSON.stringify(bundleAnswer(), null, 2)
    const job_id = '01a1fbcc-7bf0-7fb2-b699-e4adcdc180e7'
    const record = {type: 'job', job_id, directory: join(base, job_id)} as const
    const documents = writeSet(record.directory, parseTests(JSON.parse(answer)).rows)
    const report = (format: 'text' | 'junit', budget: number | null): string =>
      reportOn(record, {format, budget, colours: false, columns: null}).text
    if (!report('text', 400).includes('test7()')) throw new Error('the report names no failed test')
    const against = async (name: string, bar: number, json: string, work: () => unknown): Promise<BenchRow> => ({
      name,
      against: 'JSON.parse',
      bar,
      ...(await compare(work, () => JSON.parse(json), {pairs})),
      conditions: `${(json.length / 1e6).toFixed(1)} MB of JSON, in process, page cache warm`,
    })
    return [
      await against('read a bundle of 20,000 tests', 12, answer, () => parseTests(JSON.parse(answer))),
      await against('report on 20,000 tests', 20, documents, () => report('text', null)),
      await against('report on 20,000 tests within 400 tokens', 20, documents, () => report('text', 400)),
      await against('JUnit of 20,000 tests', 30, documents, () => report('junit', null)),
    ]
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

/** What `get test-results tests` answers for a large suite: 40 failures, some skipped, some repeated. */
function bundleAnswer(): object {
  const suites = Array.from({length: TESTS / 50}, (_, suite) => ({
    nodeType: 'Test Suite',
    name: `Suite${suite}`,
    result: 'Failed',
    children: Array.from({length: 50}, (_, test) => {
      const bad = suite % 10 === 0 && test === 7
      return {
        nodeType: 'Test Case',
        name: `test${test}()`,
        nodeIdentifier: `Suite${suite}/test${test}()`,
        nodeIdentifierURL: `test://com.apple.xcode/App/AppTests/Suite${suite}/test${test}()`,
        result: bad ? 'Failed' : test === 9 ? 'Skipped' : 'Passed',
        duration: '0,012s',
        durationInSeconds: 0.012,
        ...(bad
          ? {children: [{nodeType: 'Failure Message', name: `Suite${suite}.swift:${test + 1}: Expectation failed: (a → 1) == (b → 2)`}]}
          : {}),
      }
    }),
  }))
  return {
    devices: [
      {
        deviceId: 'A',
        deviceName: 'iPhone 17',
        modelName: 'iPhone 17',
        architecture: 'arm64',
        platform: 'iOS Simulator',
        osVersion: '26.1',
        osBuildNumber: '23B86',
      },
    ],
    testPlanConfigurations: [{configurationId: '1', configurationName: 'Test Scheme Action'}],
    testNodes: [
      {
        nodeType: 'Test Plan',
        name: 'App',
        result: 'Failed',
        children: [{nodeType: 'Unit test bundle', name: 'AppTests', result: 'Failed', children: suites}],
      },
    ],
  }
}

/** The documents of a sealed set that a report reads. Answers the largest of them. */
function writeSet(folder: string, tests: Document<'test_summary'>['tests']): string {
  mkdirSync(folder, {recursive: true})
  const ids = {run_id: 'a'.repeat(64), attempt: 1, job_id: '01a1fbcc-7bf0-7fb2-b699-e4adcdc180e7', job_key: 'b'.repeat(64)}
  const put = <N extends DocumentName>(name: N, document: Document<N>): string => {
    const bytes = writeDocument(name, document)
    writeFileSync(join(folder, DOCUMENT_TABLE[name].file), bytes)
    return bytes.toString()
  }
  const failed = tests.filter(({outcome}) => outcome === 'failed').length
  const error = {
    error_code: 'tests_failed',
    failure_kind: 'XCODEBUILD',
    message: `${failed} tests failed.`,
    hint: '',
    retryable: false,
    data: {},
  } as const
  put('summary', {
    ...documentHead('summary'),
    ...ids,
    index: 0,
    action: 'test',
    status: 'failed',
    state: 'failed',
    failure_kind: 'XCODEBUILD',
    failure_subkind: null,
    error_code: 'tests_failed',
    errors: [error],
    rejection_reason: null,
    exit_code: 50,
    backend: {preferred: 'xcodebuild', actual: 'xcodebuild', version: null},
    backend_exit_code: 65,
    backend_term_signal: null,
    human_summary: `test failed: ${failed} failed`,
    started_at: null,
    finished_at: new Date().toISOString(),
    duration_ms: 1,
    artifact_profile: 'minimal',
    cached_from_job_id: null,
    events_sha256: null,
    counts: {
      errors: 0,
      warnings: 0,
      tests_total: tests.length,
      tests_passed: tests.length - failed,
      tests_failed: failed,
      tests_skipped: 0,
      tests_expected_failures: 0,
    },
    sealed_status: null,
  })
  put('build_summary', {
    ...documentHead('build_summary'),
    ...ids,
    ...EMPTY_BUILD,
    source: 'result_bundle',
  })
  return put('test_summary', {
    ...documentHead('test_summary'),
    ...ids,
    outcome: 'failed',
    source: 'result_bundle',
    total: tests.length,
    passed: tests.length - failed,
    failed,
    skipped: 0,
    expected_failures: 0,
    crashed: 0,
    retried: 0,
    restarts: 0,
    started_at: null,
    seconds: 240,
    devices: [],
    tests,
    truncated: false,
    differences: [],
  })
}
