import type {BackendReport} from '../supervisor/phases/backend.ts'
import type {Prepared} from '../supervisor/phases/prepare.ts'
import type {JobSession} from '../supervisor/session.ts'
import {runTool} from '../../infra/run-tool.ts'
import {toolEnv} from '../toolchain/tools.ts'

export interface ResultsReport {
  readonly testsStarted: boolean
  /** Why the bundle cannot be read; `null` when it can, or when there is none. */
  readonly bundleProblem: string | null
}

/** Asks the bundle, and says what bundle and log tell of the build and its tests. */
export async function writeResults(
  _session: JobSession,
  prepared: Prepared | null,
  report: BackendReport,
  bundle: string | null,
): Promise<ResultsReport> {
  const {summary} = report
  if (summary === null || prepared === null) return {testsStarted: false, bundleProblem: null}
  const {tests} = summary
  const testsStarted = tests.passed + tests.failed + tests.skipped > 0
  let bundleProblem: string | null = null
  if (bundle !== null && testsStarted) {
    const {code, stderr, stdout} = await runTool(
      prepared.tools.xcrun,
      ['xcresulttool', 'get', 'test-results', 'summary', '--path', bundle],
      {
        env: toolEnv(prepared.tools, prepared.toolchain.developer_dir),
        timeoutMs: 120_000,
      },
    )
    bundleProblem =
      code !== 0 ? stderr.trim().slice(0, 300) || `xcresulttool exited ${code}` : stdout.trim() === '' ? 'xcresulttool said nothing' : null
  }
  return {testsStarted, bundleProblem}
}
