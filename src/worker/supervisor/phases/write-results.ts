import {join} from 'node:path'
import type {OutcomeCounts} from '@rch/contract/documents'
import {writeFileAtomic} from '../../../infra/files.ts'
import {runTool} from '../../../infra/run-tool.ts'
import {annotationsOf} from '../../../reports/annotations.ts'
import {locateFindings} from '../../../reports/locate-failures.ts'
import {junitXml} from '../../../reports/junit.ts'
import {outcomeCounts} from '../../../reports/outcome-counts.ts'
import {sarifLog} from '../../../reports/sarif.ts'
import type {Findings} from '../../../reports/findings.ts'
import type {Redactor} from '../../redaction/create-redactor.ts'
import type {BackendReport} from './backend.ts'
import type {Prepared} from './prepare.ts'
import type {JobSession} from '../session.ts'
import {toolEnv} from '../../toolchain/tools.ts'
import {readBundle, type AskBundle, type BundleReading} from '../../results/bundle/read-bundle.ts'
import {exportExtras} from './export-extras.ts'
import {mergeResults} from '../../results/merge-results.ts'
import {stagedPlaces} from '../../results/staged-places.ts'

export interface ResultsReport {
  readonly testsStarted: boolean
  /** Why the bundle cannot be read; `null` when it can, or when there is none. */
  readonly bundleProblem: string | null
  /** Tests that the bundle calls failed at their last word; 0 when nothing could be read of it. */
  readonly failedInBundle: number
  /** What every count of the sealed set is made of; null when nothing ran. */
  readonly counts: OutcomeCounts | null
}

/** A bundle of many thousand tests takes the tool its time. */
const ASK_TIMEOUT_MS = 300_000
/** About a kilobyte per test: room for half a million of them, within what one string can hold. */
const MAX_ANSWER_BYTES = 500_000_000

/**
 * Asks the bundle, puts it together with the log, and writes what both say: `build_summary.json`, `test_summary.json` and the reports that the
 * profile asks for. `sourceRoot` is where the sources were built.
 */
export async function writeResults(
  session: JobSession,
  prepared: Prepared | null,
  report: BackendReport,
  bundle: string | null,
  sourceRoot: string,
): Promise<ResultsReport> {
  const {findings: log, summary} = report
  if (log === null || summary === null || prepared === null)
    return {testsStarted: false, bundleProblem: null, failedInBundle: 0, counts: null}
  const {request} = session
  const isTest = request.job.action.startsWith('test')
  const logged = (log.tests?.tests.length ?? 0) > 0
  const read =
    bundle === null
      ? null
      : await askBundle(prepared, bundle, {
          wantTests: isTest || logged,
          rich: request.job.artifact_profile === 'rich',
          redactor: report.redactor,
        })
  const findings = read === null ? log : locateFindings(mergeResults(read.facts, log, sourceRoot), stagedPlaces(session.layout.artifacts))
  const testsStarted = logged || (read?.facts.counts?.total ?? 0) > 0
  warn(session, findings)
  if (report.exit?.exit_code === 0 && findings.tests?.outcome === 'failed')
    session.events.write({
      type: 'warning',
      code: 'results_differ',
      message: `The backend ended well although ${findings.tests.failed} tests failed.`,
      data: {document: 'test_summary', field: 'outcome', exit_code: 0, failed: findings.tests.failed},
    })
  if (bundle !== null && testsStarted && session.request.job.artifact_profile === 'rich') await exportExtras(session, prepared, bundle)
  writeReports(session, findings, isTest)
  return {
    testsStarted,
    bundleProblem: testsStarted ? (read?.problem ?? null) : null,
    failedInBundle: read === null || read.problem !== null ? 0 : (findings.tests?.failed ?? 0),
    counts: outcomeCounts(findings),
  }
}

async function askBundle(
  prepared: Prepared,
  bundle: string,
  want: {readonly wantTests: boolean; readonly rich: boolean; readonly redactor: Redactor | null},
): Promise<BundleReading> {
  const {tools, toolchain} = prepared
  const {redactor, ...wanted} = want
  const ask: AskBundle = (words) =>
    runTool(tools.xcrun, ['xcresulttool', ...words, '--path', bundle], {
      env: toolEnv(tools, toolchain.developer_dir),
      timeoutMs: ASK_TIMEOUT_MS,
      maxOutputBytes: MAX_ANSWER_BYTES,
    })
  return readBundle(ask, {
    xcodeMajor: Number.parseInt(toolchain.xcode_version, 10) || 0,
    ...wanted,
    ...(redactor === null ? {} : {hide: redactor}),
  })
}

/** Bundle and log disagree: the bundle's word stands, and whoever follows the job is told. */
function warn(session: JobSession, {build, tests}: Findings): void {
  for (const [document, differences] of [
    ['build_summary', build.differences],
    ['test_summary', tests?.differences ?? []],
  ] as const)
    for (const {field, result_bundle, log} of differences)
      session.events.write({
        type: 'warning',
        code: 'results_differ',
        message: `Result bundle and log disagree about ${field}; the bundle's word stands.`,
        data: {document, field, result_bundle, log},
      })
}

function writeReports(session: JobSession, findings: Findings, isTest: boolean): void {
  const {request, layout} = session
  const {reports} = request.job.effective_config.resolved.settings
  const rich = request.job.artifact_profile === 'rich'
  session.put('build_summary', findings.build)
  if (isTest) session.put('test_summary', findings.tests ?? NO_TESTS)
  const title = `${request.job.action} ${request.job_id}`
  if (reports.junit && isTest) writeFileAtomic(join(layout.artifacts, 'junit.xml'), junitXml(findings, title))
  if (reports.sarif || rich) writeFileAtomic(join(layout.artifacts, 'sarif.json'), `${JSON.stringify(sarifLog(findings), null, 2)}\n`)
  if (reports.annotations || rich) session.put('annotations', {annotations: annotationsOf(findings)})
}

/** A test job whose tests never came to run. */
export const NO_TESTS: NonNullable<Findings['tests']> = {
  outcome: 'not_run',
  source: 'none',
  total: 0,
  passed: 0,
  failed: 0,
  skipped: 0,
  expected_failures: 0,
  crashed: 0,
  retried: 0,
  restarts: 0,
  started_at: null,
  seconds: null,
  devices: [],
  tests: [],
  truncated: false,
  differences: [],
}
