import {existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {writeFileAtomic} from '../../../infra/files.ts'
import {runTool} from '../../../infra/run-tool.ts'
import type {Prepared} from './prepare.ts'
import type {JobSession} from '../session.ts'
import {toolEnv} from '../../toolchain/tools.ts'

const EXPORT_TIMEOUT_MS = 300_000

/**
 * What the rich profile adds from a result bundle: attachments with Apple's `manifest.json` that says which test each belongs to, and coverage
 * where it was measured. What the tool cannot give is a warning, never a failure of the job; attachments beyond the job's limit are
 * `artifact_quota_exceeded`.
 */
export async function exportExtras(session: JobSession, prepared: Prepared, bundle: string): Promise<void> {
  const {tools, toolchain} = prepared
  const {layout, request} = session
  const env = toolEnv(tools, toolchain.developer_dir)
  const warn = (what: string, problem: string): void =>
    session.events.write({
      type: 'warning',
      code: 'artifact_collection_failed',
      message: `The ${what} could not be taken out of the result bundle.`,
      data: {what, problem},
    })

  const out = join(layout.work, 'attachments')
  rmSync(out, {recursive: true, force: true})
  const attachments = await runTool(tools.xcrun, ['xcresulttool', 'export', 'attachments', '--path', bundle, '--output-path', out], {
    env,
    timeoutMs: EXPORT_TIMEOUT_MS,
  })
  if (attachments.code !== 0) warn('attachments', problemOf(attachments))
  else keepFiles(out, join(layout.artifacts, 'attachments'), request.job.limits.max_artifact_bytes)

  const coverage = await runTool(tools.xcrun, ['xccov', 'view', '--report', '--json', bundle], {env, timeoutMs: EXPORT_TIMEOUT_MS})
  // Without measured coverage the tool fails; that is no news.
  if (coverage.code === 0 && isJson(coverage.stdout)) writeFileAtomic(join(layout.artifacts, 'coverage.json'), coverage.stdout)
}

/** Plain files only: whatever else an export may hold does not belong into a sealed set. */
function keepFiles(from: string, to: string, limit: number): void {
  if (!existsSync(from)) return
  const files = readdirSync(from).filter((name) => lstatSync(join(from, name)).isFile())
  if (files.every((name) => name === 'manifest.json')) return
  const bytes = files.reduce((sum, name) => sum + lstatSync(join(from, name)).size, 0)
  if (bytes > limit) throw new RchError('artifact_quota_exceeded', undefined, {data: {got: bytes, limit}})
  mkdirSync(to, {recursive: true})
  for (const name of files) renameSync(join(from, name), join(to, name))
}

function problemOf({stderr, code}: {readonly stderr: string; readonly code: number | null}): string {
  return stderr.trim().slice(0, 300).toWellFormed() || `it ended with ${code ?? 'a signal'}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
